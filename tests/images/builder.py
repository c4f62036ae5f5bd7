"""Building images for real, by docker/build.sh with buildah, on whatever this machine has.

What this machine needs to reach its package index (pip's configuration, certificates) is looked up
where pip looks, and handed to the build as secrets, as anybody behind a proxy would.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.support.docker_files import DOCKER
from tests.support.project import VERSION

BASE = "docker.io/library/python:3.11-slim-bookworm"
TAGS = {
    "dispatcher": f"localhost/whisperfarm-dispatcher:{VERSION}",
    "cpu": f"localhost/whisperfarm-worker:{VERSION}-cpu",
    "gpu": f"localhost/whisperfarm-worker:{VERSION}-gpu",
    "edge": f"localhost/whisperfarm-worker:{VERSION}-edge",
}
# No nested namespaces: so it builds in containers and on hosts of either kind of cgroups.
BUILD_FLAGS = ["--isolation=chroot", "--network=host", "--pull-never"]
_CPU_INDEX = "https://download.pytorch.org/whl/cpu/torch/"
_BUILD_S = 3000
_ALL_NEW_GB, _NEW_CODE_GB = 40, 12


@dataclass(frozen=True)
class Secrets:
    """Files whose content must not be found in an image, and a mark that is in each of them."""

    pip_conf: Path
    ca_bundle: Path
    mark: str


def missing_tool() -> str | None:
    """Why nothing can be built here, or `None`."""
    if os.geteuid() != 0:
        return "images are built by root here"
    absent = [tool for tool in ("buildah", "podman") if shutil.which(tool) is None]
    if not absent and shutil.which("mmdebstrap") is None and not _base_is_there():
        absent = ["mmdebstrap"]
    if absent:
        return f"{' and '.join(absent)} not there (apt-get install buildah podman runc mmdebstrap)"
    return _no_room()


def _no_room() -> str | None:
    """What was built before is used again, so that less is needed then."""
    needed_gb = _NEW_CODE_GB if _runs("podman", "image", "exists", TAGS["cpu"]) else _ALL_NEW_GB
    root = _said("podman", "info", "--format", "{{.Store.GraphRoot}}")
    if root is None:
        return "podman does not work here: ask it why with podman info"
    free_gb = shutil.disk_usage(root.strip()).free / 1e9
    if free_gb >= needed_gb:
        return None
    return f"images need {needed_gb} GB of disk and {free_gb:.0f} GB are free (podman image prune)"


def _base_is_there() -> bool:
    return _runs("podman", "image", "exists", BASE) or _runs("podman", "pull", "-q", BASE)


def ensure_base(folder: Path) -> None:
    """The base image: the one that is there, one from a registry, or one made from Debian's own."""
    if _base_is_there():
        return
    packages = "ca-certificates,python3,python3-venv,python3-pip"
    archive = folder / "base.tar"
    made = ["mmdebstrap", "--variant=minbase", "--mode=root", f"--include={packages}", "bookworm"]
    subprocess.run([*made, str(archive)], check=True, capture_output=True, timeout=900)
    subprocess.run(["podman", "import", "-q", str(archive), BASE], check=True, capture_output=True)
    archive.unlink()


def build(kind: str, secrets: Secrets, **more: str) -> str:
    """Build an image by the script that users call; its tag."""
    environment = {
        **os.environ,
        "ENGINE": "buildah",
        "BUILD_FLAGS": " ".join(BUILD_FLAGS),
        "PIP_CONF": str(secrets.pip_conf),
        "CA_BUNDLE": str(secrets.ca_bundle),
        "BASE_IMAGE": BASE,
        **more,
    }
    if kind == "cpu" and not _reached(_CPU_INDEX):
        environment["TORCH_INDEX_URL"] = ""  # the ordinary index, whose torch has CUDA
    command = ["sh", str(DOCKER / "build.sh"), kind]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=_BUILD_S
    )
    if "no space left on device" in ended.stderr:  # which the machine is short of, not the image
        pytest.skip(f"no room to build the image {TAGS[kind]}: free {_ALL_NEW_GB} GB of disk")
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-6000:]
    return TAGS[kind]


def machine_secrets(folder: Path, mark: str) -> Secrets:
    """What this machine's pip reads, where it reads anything, with a mark in it."""
    places = (os.environ.get("PIP_CONFIG_FILE", ""), "/etc/pip.conf")
    return Secrets(
        pip_conf=_marked(folder / "pip.conf", _first(*places), mark),
        ca_bundle=_marked(
            folder / "ca.crt",
            _first(*(os.environ.get(name, "") for name in ("PIP_CERT", "SSL_CERT_FILE"))),
            mark,
        ),
        mark=mark,
    )


def _first(*names: str) -> Path | None:
    return next((Path(name) for name in names if name and Path(name).is_file()), None)


def _marked(copy: Path, original: Path | None, mark: str) -> Path:
    if original is None and copy.suffix == ".crt":
        copy.write_bytes(b"")  # no certificates are as good as none given
        return copy
    text = original.read_text() if original else ""
    copy.write_text(f"# {mark}\n{text}")
    return copy


def _reached(url: str) -> bool:
    try:
        with urlopen(url, timeout=5):
            return True
    except (URLError, OSError):
        return False


def _runs(*command: str) -> bool:
    return _said(*command) is not None


def _said(*command: str) -> str | None:
    """What it printed, or `None` when it failed or was waited for in vain."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return ended.stdout


def say(line: str) -> None:
    """Past pytest's capture: a build takes minutes, and somebody waits."""
    print(line, file=sys.__stderr__, flush=True)
