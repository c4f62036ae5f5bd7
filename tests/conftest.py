"""Fixtures and plugins of all tests."""

import pytest
from hypothesis import HealthCheck, settings

from tests.support.budgets import Stopwatch
from tests.support.environment import ENGINE_VARIABLES, forget_settings
from whisperfarm_worker.process.environment import disable_telemetry

forget_settings()
disable_telemetry()  # tests of engines import onnxruntime into this process

# On a busy machine an example may take long, which is not a fault.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

pytest_plugins = ["tests.servers.fixtures", "tests.support.ledger", "tests.support.scheduling"]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that prints the summary
        config.pluginmanager.register(Stopwatch())


@pytest.fixture(autouse=True)
def _engine_variables_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep child processes from inheriting what an engine in this process has set."""
    for name in ENGINE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
