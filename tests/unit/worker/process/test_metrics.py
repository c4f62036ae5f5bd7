"""A worker's metrics about its engine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_engine import FakeEngine
from whisperfarm_store.metrics import Metrics, metrics_processor
from whisperfarm_worker.process.metrics import register_metrics
from whisperfarm_worker.settings import WorkerSettings


class NoLeases:
    """A worker without jobs."""

    def held(self) -> list[Any]:
        return []


class NoDependencies:
    """Dependencies that are not checked."""

    def readings(self) -> list[Any]:
        return []


class Engine(FakeEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def describe(self) -> Mapping[str, Any]:
        return {"engine": self._name, "device": "cpu"}


@pytest.mark.parametrize("engine", ["whisperx", "faster-whisper"])
def test_attempts_are_counted_under_the_name_of_the_worker_engine(
    tmp_path: Path, engine: str
) -> None:
    meters = Metrics("worker")
    register_metrics(
        meters,
        WorkerSettings(data_dir=tmp_path),
        leases=NoLeases(),
        engine=Engine(engine),
        dependencies=NoDependencies(),
    )
    ended = {"event": "attempt.ended", "preset": "demo", "outcome": "failed"}
    metrics_processor(meters)(None, "info", ended)
    of = {"engine": engine}
    value = meters.registry.get_sample_value
    assert value("whisperx_processing_total", {**of, "status": "error"}) == 1
    assert value("whisperx_processing_total", {**of, "status": "success"}) == 0
