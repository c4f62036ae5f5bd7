"""Runs containers as the documentation does: no network, and only /tmp and /data writable."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RUNTIME = ["--runtime", "runc"] if shutil.which("runc") else []
# Limits of a service. Podman's own may exceed those of a test machine.
LIMITS = ["--ulimit", "nofile=4096:20000", "--ulimit", "nproc=4096:8192"]
_PODMAN = ["podman", *RUNTIME]
_STRICT = [
    "--network", "none", "--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp",  # noqa: S108
    "--cap-drop", "all", "--security-opt", "no-new-privileges",
    *LIMITS,
]  # fmt: skip

Ended = subprocess.CompletedProcess[str]


def podman(*line: str, timeout_s: float = 300) -> Ended:
    """Run podman. Returns the result without checking it."""
    command = [*_PODMAN, "--log-level", "fatal", *line]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)


def ran(image: str, *command: str, options: tuple[str, ...] = (), timeout_s: float = 300) -> Ended:
    """Run a command in a new container."""
    return podman("run", "--rm", *_STRICT, *options, image, *command, timeout_s=timeout_s)


def inspected(image: str) -> dict[str, Any]:
    """Return `podman inspect` of an image."""
    document: dict[str, Any] = json.loads(podman("image", "inspect", image).stdout)[0]
    return document


@contextmanager
def running(name: str, image: str, *command: str, options: tuple[str, ...] = ()) -> Iterator[str]:
    """Run a container in the background, and print its log if the test fails."""
    podman("rm", "-f", "-t", "0", name)
    started = podman("run", "-d", "--name", name, *_STRICT, *options, image, *command)
    assert started.returncode == 0, started.stderr
    try:
        yield name
    finally:
        print(podman("logs", name).stderr[-4000:])
        podman("rm", "-f", "-v", "-t", "0", name)


def inside(container: str, *command: str, options: tuple[str, ...] = ()) -> Ended:
    """Run a command in a running container."""
    return podman("exec", *options, container, *command)


def until_healthy(container: str, *, limit_s: float) -> str:
    """Run the image's health check until it passes. Returns its last output."""
    end = time.monotonic() + limit_s
    while True:
        asked = podman("healthcheck", "run", container)
        if asked.returncode == 0:
            return asked.stdout
        state = podman("inspect", "--format", "{{.State.Status}}", container).stdout.strip()
        assert state == "running", f"{container} is {state}: {podman('logs', container).stderr}"
        assert time.monotonic() < end, asked.stdout + asked.stderr
        time.sleep(1)  # podman only polls too: there is no signal to wait for
