"""Containers as the documentation starts them: no network, nothing writable but /tmp and /data."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RUNTIME = ["--runtime", "runc"] if shutil.which("runc") else []
# The limits of a service; podman's own are more than a machine of tests may allow.
LIMITS = ["--ulimit", "nofile=4096:20000", "--ulimit", "nproc=4096:8192"]
_PODMAN = ["podman", *RUNTIME]
_STRICT = [
    "--network", "none", "--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp",  # noqa: S108
    "--cap-drop", "all", "--security-opt", "no-new-privileges",
    *LIMITS,
]  # fmt: skip

Ended = subprocess.CompletedProcess[str]


def podman(*line: str, timeout_s: float = 300) -> Ended:
    """Podman's answer, whatever it is."""
    command = [*_PODMAN, "--log-level", "fatal", *line]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)


def ran(image: str, *command: str, options: tuple[str, ...] = (), timeout_s: float = 300) -> Ended:
    """A command in a container of its own."""
    return podman("run", "--rm", *_STRICT, *options, image, *command, timeout_s=timeout_s)


def inspected(image: str) -> dict[str, Any]:
    """What the engine knows of an image."""
    document: dict[str, Any] = json.loads(podman("image", "inspect", image).stdout)[0]
    return document


@contextmanager
def running(name: str, image: str, *command: str, options: tuple[str, ...] = ()) -> Iterator[str]:
    """A container in the background, by its name; its log is shown when a test fails."""
    podman("rm", "-f", "-t", "0", name)
    started = podman("run", "-d", "--name", name, *_STRICT, *options, image, *command)
    assert started.returncode == 0, started.stderr
    try:
        yield name
    finally:
        print(podman("logs", name).stderr[-4000:])
        podman("rm", "-f", "-v", "-t", "0", name)


def inside(container: str, *command: str, options: tuple[str, ...] = ()) -> Ended:
    """A command in a running container."""
    return podman("exec", *options, container, *command)


def until_healthy(container: str, *, limit_s: float) -> str:
    """Run the image's own health check until it passes; what it said last."""
    end = time.monotonic() + limit_s
    while True:
        asked = podman("healthcheck", "run", container)
        if asked.returncode == 0:
            return asked.stdout
        state = podman("inspect", "--format", "{{.State.Status}}", container).stdout.strip()
        assert state == "running", f"{container} is {state}: {podman('logs', container).stderr}"
        assert time.monotonic() < end, asked.stdout + asked.stderr
        time.sleep(1)  # podman itself polls: there is no signal to wait for
