"""Builds images with docker/build.sh and buildah.

If pip is configured for another package index or certificates, the build gets that configuration
as secrets, as it would behind a proxy.
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
from tests.support.environment import environment
from tests.support.project import VERSION

BASE = "docker.io/library/python:3.11-slim-bookworm"
TAGS = {
    "dispatcher": f"localhost/whisperfarm-dispatcher:{VERSION}",
    "cpu": f"localhost/whisperfarm-worker:{VERSION}-cpu",
    "gpu": f"localhost/whisperfarm-worker:{VERSION}-gpu",
    "edge": f"localhost/whisperfarm-worker:{VERSION}-edge",
}
# No nested namespaces: this builds in containers, and with both versions of cgroups.
BUILD_FLAGS = ["--isolation=chroot", "--network=host", "--pull-never"]
_CPU_INDEX = "https://download.pytorch.org/whl/cpu/torch/"
_BUILD_S = 3000
_ALL_NEW_GB, _NEW_CODE_GB = 40, 12


@dataclass(frozen=True)
class Secrets:
    """Files that must not be in an image; each contains `mark`."""

    pip_conf: Path
    ca_bundle: Path
    mark: str


def missing_tool() -> str | None:
    """Return why nothing can be built here, or None."""
    if os.geteuid() != 0:
        return "images are built by root here"
    absent = [tool for tool in ("buildah", "podman") if shutil.which(tool) is None]
    if not absent and shutil.which("mmdebstrap") is None and not _base_is_there():
        absent = ["mmdebstrap"]
    if absent:
        return f"{' and '.join(absent)} not there (apt-get install buildah podman runc mmdebstrap)"
    return _no_room()


def _no_room() -> str | None:
    """Return why the disk is too small, or None. Images that exist already need less space."""
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
    """Ensure the base image: an existing one, one from a registry, or one made with debootstrap."""
    if _base_is_there():
        return
    packages = "ca-certificates,python3,python3-venv,python3-pip"
    archive = folder / "base.tar"
    made = ["mmdebstrap", "--variant=minbase", "--mode=root", f"--include={packages}", "bookworm"]
    subprocess.run([*made, str(archive)], check=True, capture_output=True, timeout=900)
    subprocess.run(["podman", "import", "-q", str(archive), BASE], check=True, capture_output=True)
    archive.unlink()


def build(kind: str, secrets: Secrets, **more: str) -> str:
    """Build an image with docker/build.sh. Returns its tag."""
    settings = {
        "ENGINE": "buildah",
        "BUILD_FLAGS": " ".join(BUILD_FLAGS),
        "PIP_CONF": str(secrets.pip_conf),
        "CA_BUNDLE": str(secrets.ca_bundle),
        "BASE_IMAGE": BASE,
        **more,
    }
    if kind == "cpu" and not _reached(_CPU_INDEX):
        settings["TORCH_INDEX_URL"] = ""  # the usual index, whose torch includes CUDA
    command = ["sh", str(DOCKER / "build.sh"), kind]
    ended = subprocess.run(
        command,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_S,
    )
    if "no space left on device" in ended.stderr:  # this machine lacks space, not the image
        pytest.skip(f"no room to build the image {TAGS[kind]}: free {_ALL_NEW_GB} GB of disk")
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-6000:]
    return TAGS[kind]


def machine_secrets(folder: Path, mark: str) -> Secrets:
    """Collect pip's configuration and certificates of this machine, if any, with a mark in each."""
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
        copy.write_bytes(b"")  # an empty file means no certificates
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
    """Return the output of a command, or None if it failed or timed out."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return ended.stdout


def say(line: str) -> None:
    """Print past pytest's capture, because a build takes minutes."""
    print(line, file=sys.__stderr__, flush=True)
