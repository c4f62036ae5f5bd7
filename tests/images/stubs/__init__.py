"""Images of the servers in compose.yaml: the real ones if available, else stand-ins from Debian."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.images.builder import BASE, BUILD_FLAGS
from tests.images.container import podman
from tests.servers.programs import program
from tests.servers.s3 import REMEDY
from tests.support.docker_files import DOCKER

SERVERS = ("postgres", "rabbitmq", "redis", "s3", "prometheus")
_LABEL = "whisperfarm.stand-in"


@contextmanager
def present(folder: Path) -> Iterator[list[str]]:
    """Ensure images of all servers. Yields the names of those that are stand-ins.

    Stand-ins lose their tags at the end, so that they are not mistaken for the real images. Their
    layers stay in the builder's cache.
    """
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
    images = {server: services[server]["image"] for server in SERVERS}
    stubbed = {server: image for server, image in images.items() if not _real(image)}
    try:
        for server, image in stubbed.items():
            _build(server, image, folder)
        yield sorted(stubbed)
    finally:
        for image in stubbed.values():
            podman("untag", image)


def _real(image: str) -> bool:
    label = podman("image", "inspect", "--format", f'{{{{index .Labels "{_LABEL}"}}}}', image)
    if label.returncode == 0:
        return not label.stdout.strip()  # a stand-in from an interrupted run is built again
    return podman("pull", "-q", image).returncode == 0


def _build(server: str, image: str, folder: Path) -> None:
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    if server == "s3":
        rclone = program("rclone", remedy=REMEDY, first=[Path(sys.prefix) / "bin"])
        shutil.copy(rclone, programs / "rclone")
    command = ["buildah", "bud", "--layers", "--format", "docker", *BUILD_FLAGS]
    command += ["--build-arg", f"BASE_IMAGE={BASE}"]
    command += ["--build-context", f"programs={programs}", "--target", server, "-t", image]
    ended = subprocess.run(
        [*command, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-4000:]
