"""Which question a container's health check asks."""

import pytest

from tests.support.docker_files import script

question = script("healthcheck.py").question


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (["/opt/venv/bin/python", "/opt/venv/bin/whisperfarm", "dispatcher"], (8000, "/healthz")),
        (["python", "whisperfarm", "worker", "--device", "cpu"], (9464, "/readyz")),
        (["/sbin/docker-init", "--", "whisperfarm", "flower"], (5555, "/healthcheck")),
        (["python", "whisperfarm", "up"], (8000, "/readyz")),
    ],
)
def test_the_part_that_runs_decides(command: list[str], asked: tuple[int, str]) -> None:
    assert question(command, {}) == asked


def test_a_port_that_was_set_is_asked() -> None:
    environ = {"WHISPERFARM_PORT": "80", "WHISPERFARM_METRICS_PORT": "9000"}
    assert question(["whisperfarm", "dispatcher"], environ) == (80, "/healthz")
    assert question(["whisperfarm", "worker"], environ) == (9000, "/readyz")


def test_a_command_that_does_not_serve_is_not_asked() -> None:
    assert question(["whisperfarm", "models", "verify"], {}) is None
