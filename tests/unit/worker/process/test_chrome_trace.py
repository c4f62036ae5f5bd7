"""The trace file is valid JSON at any time, bounded, and shows stages and the device."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.process.chrome_trace import ChromeTrace

STAGE = {"event": "stage.ended", "stage": "align", "took_s": 2.0, "error": None}
CALL = {"event": "device.called", "took_s": 0.5}


class Traced:
    """A trace and its clock."""

    def __init__(self, path: Path, max_bytes: int = 100_000) -> None:
        self.path = path
        self.now_s = 1000.0
        self.trace = ChromeTrace(path, max_bytes=max_bytes, clock=lambda: self.now_s)

    def add(self, event: dict[str, Any], *, at_s: float) -> None:
        self.now_s = 1000.0 + at_s
        self.trace(structlog.get_logger(), "debug", dict(event))

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries as Perfetto reads a file whose process was killed."""
        parsed: list[dict[str, Any]] = json.loads(self.path.read_text().rstrip().rstrip(",") + "]")
        return parsed

    def spans(self) -> list[dict[str, Any]]:
        return [one for one in self.entries() if one["ph"] == "X"]


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[Traced]:
    opened = Traced(tmp_path / "trace.json")
    yield opened
    opened.trace.close()


def test_trace_without_events_is_valid(traced: Traced) -> None:
    assert traced.entries() == []


def test_stage_has_its_time_and_job(traced: Traced) -> None:
    with bound_contextvars(job="j1", attempt=2):
        traced.add(STAGE, at_s=5.0)
    [span] = traced.spans()
    assert (span["name"], span["ts"], span["dur"]) == ("align", 3_000_000, 2_000_000)
    assert span["args"] == {"job": "j1", "attempt": 2}


def test_stages_of_each_thread_have_a_row(traced: Traced) -> None:
    traced.add(STAGE, at_s=2.0)
    other = threading.Thread(target=traced.add, args=(STAGE,), kwargs={"at_s": 3.0})
    other.start()
    other.join()
    traced.add(STAGE, at_s=4.0)
    rows = [span["tid"] for span in traced.spans()]
    assert rows[0] == rows[2] != rows[1]
    names = [one["args"]["name"] for one in traced.entries() if one["ph"] == "M"]
    assert names == ["jobs 1", "jobs 2"]


def test_device_has_a_row_for_each_call_at_once(traced: Traced) -> None:
    for at_s in (1.0, 2.0, 2.2):
        traced.add(CALL, at_s=at_s)
    first, second, third = (span["tid"] for span in traced.spans())
    assert first == second != third


def test_other_events_are_not_in_the_trace(traced: Traced) -> None:
    traced.add({"event": "job.accepted", "filename": "secret.wav"}, at_s=1.0)
    assert traced.entries() == []


def test_full_file_stays_valid_and_small(tmp_path: Path) -> None:
    traced = Traced(tmp_path / "trace.json", max_bytes=1000)
    for second in range(100):
        traced.add(CALL, at_s=second)
    traced.trace.close()
    assert 0 < len(traced.spans()) < 20
    assert traced.path.stat().st_size <= 1000


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"WHISPERFARM_TRACE_FILE: .*cannot be written"):
        ChromeTrace(tmp_path / "missing" / "trace.json", max_bytes=1000)
