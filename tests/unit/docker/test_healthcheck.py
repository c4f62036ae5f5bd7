"""Which probe a container's health check calls."""

import pytest

from tests.support.docker_files import script

question = script("healthcheck.py").question


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (["/opt/venv/bin/python", "/opt/venv/bin/whisperfarm", "dispatcher"], (8000, "/healthz")),
        (["python", "whisperfarm", "worker", "--device", "cpu"], (9464, "/readyz")),
        (["/sbin/docker-init", "--", "whisperfarm", "flower"], (5555, "/healthcheck")),
        (["whisperfarm", "watch", "/intake", "--output", "/output"], (9464, "/readyz")),
        (["python", "whisperfarm", "up"], (8000, "/readyz")),
    ],
)
def test_healthcheck_uses_the_running_component(command: list[str], asked: tuple[int, str]) -> None:
    assert question(command, {}) == asked


def test_healthcheck_uses_the_configured_port() -> None:
    environ = {"WHISPERFARM_PORT": "80", "WHISPERFARM_METRICS_PORT": "9000"}
    assert question(["whisperfarm", "dispatcher"], environ) == (80, "/healthz")
    assert question(["whisperfarm", "worker"], environ) == (9000, "/readyz")


def test_healthcheck_skips_other_commands() -> None:
    assert question(["whisperfarm", "models", "verify"], {}) is None
