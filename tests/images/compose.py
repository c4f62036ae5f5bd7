"""The farm of docker/compose.yaml, run by podman-compose in a project of its own."""

import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.images.container import LIMITS, RUNTIME, Ended, podman
from tests.support.docker_files import DOCKER

PROJECT = "whisperfarm-compose-test"
_LABEL = f"label=io.podman.compose.project={PROJECT}"
_FILES = ["-f", "compose.yaml", "-f", "compose.airgap.yaml"]
_HELPERS = "/usr/lib/podman:/usr/libexec/podman:/usr/local/libexec/podman"


def missing_tool() -> str | None:
    """Return why compose cannot run here, or None."""
    if _program() is None:
        return "podman-compose is not there (pip install podman-compose)"
    for helper in ("netavark", "aardvark-dns"):
        if shutil.which(helper) is None and shutil.which(helper, path=_HELPERS) is None:
            return f"{helper} is not there, by which containers find each other (apt-get install)"
    return None


@dataclass(frozen=True)
class Compose:
    """A folder with the compose files, as an operator has it."""

    folder: Path
    _volumes: set[str] = field(default_factory=set)

    def __call__(self, *line: str, timeout_s: float = 300) -> Ended:
        """Run `podman-compose` in that folder. Returns the result without checking it."""
        command = [_program() or "", "-p", PROJECT, *_FILES]
        command += [f"--podman-args={' '.join(RUNTIME)}", f"--podman-run-args={' '.join(LIMITS)}"]
        return subprocess.run(
            [*command, *line],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )

    def set(self, **values: str) -> None:
        """Set lines of .env, including those that are commented out."""
        env = self.folder / ".env"
        text = env.read_text()
        for name, value in values.items():
            line = re.compile(rf"^(# )?{name}=.*$", re.M)
            assert line.search(text), f".env.example does not name {name}"
            text = line.sub(f"{name}={value}", text, count=1)
        env.write_text(text)

    def down(self) -> None:
        """Run `podman-compose down`: removes containers and networks, keeps volumes."""
        self._note_volumes()
        ended = self("down")
        assert ended.returncode == 0, ended.stderr
        assert self.containers() == []

    def remove(self) -> None:
        """Remove the whole project with its volumes."""
        self._note_volumes()
        for name in self.containers():
            podman("rm", "-f", "-t", "0", "--depend", name)
        for kind, others in (("network", set()), ("volume", self._volumes)):
            named = podman(kind, "ls", "--filter", _LABEL, "--format", "{{.Name}}").stdout.split()
            for name in {*named, *others}:
                podman(kind, "rm", "-f", name)

    def _note_volumes(self) -> None:
        """Note unnamed volumes: `down` keeps them, and only their containers know them."""
        names = "{{range .Mounts}}{{.Name}} {{end}}"
        for name in self.containers():
            self._volumes.update(podman("inspect", "--format", names, name).stdout.split())

    def containers(self) -> list[str]:
        """Return the names of all containers of the project, including stopped ones."""
        return podman("ps", "-a", "--filter", _LABEL, "--format", "{{.Names}}").stdout.split()

    def until_well(self, service: str, *, limit_s: float = 300) -> None:
        """Wait until the container's health check passes; the container may restart meanwhile.

        Podman needs systemd for health checks. This runs the check itself.
        """
        end = time.monotonic() + limit_s
        while (asked := podman("healthcheck", "run", container(service))).returncode != 0:
            assert time.monotonic() < end, f"{service}: {asked.stderr}\n{self.log(service)}"
            time.sleep(1)  # podman only polls too: there is no signal to wait for

    def log(self, service: str) -> str:
        """Return the end of a container's log."""
        said = podman("logs", "--tail", "40", container(service))
        return said.stdout + said.stderr


def container(service: str) -> str:
    """Return the name of a service's container."""
    return f"{PROJECT}_{service}_1"


@contextmanager
def project(folder: Path) -> Iterator[Compose]:
    """Create the project with all empty lines of .env filled in, and remove it at the end."""
    for name in ("compose.yaml", "compose.airgap.yaml"):
        shutil.copy(DOCKER / name, folder)
    shutil.copytree(DOCKER / "observability", folder / "observability")
    env = folder / ".env"
    shutil.copy(DOCKER / ".env.example", env)
    compose = Compose(folder)
    compose.set(
        **{n: secrets.token_hex(12) for n in re.findall(r"^(\w+)=$", env.read_text(), re.M)}
    )
    compose.remove()
    try:
        yield compose
    finally:
        for name in compose.containers():
            print(f"== {name}\n{podman('logs', '--tail', '15', name).stderr[-3000:]}")
        compose.remove()


def _program() -> str | None:
    return shutil.which("podman-compose", path=f"{sys.prefix}/bin") or shutil.which(
        "podman-compose"
    )
