"""Many short jobs one after the other: no warning, and no growth of the farm's processes.

`SOAK_JOBS` is the number of jobs. `make soak` sets 3,000 and prints the figures.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.farm import EmbeddedFarm, started
from tests.support.recordings import wav
from training.espeak import Synthesizer
from training.voices import Speaker
from whisperfarm_store import events as events_catalogue

JOBS = int(os.environ.get("SOAK_JOBS", "100"))
WARM_UP_JOBS = min(200, JOBS // 2)
"""Jobs after which caches and pools have their size."""

BATCH, CALLERS = 25, 4
PARTS = ("dispatcher", "worker")

MAX_GROWTH_BYTES = 64 << 20
MAX_NEW_DESCRIPTORS = 5
MAX_NEW_THREADS = 5

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600 + 4 * JOBS)]


@dataclass(frozen=True)
class Footprint:
    """Memory that no file backs, open descriptors and threads of a process."""

    anonymous_bytes: int
    descriptors: int
    threads: int


@dataclass
class Soak:
    """A farm, its log and a recording."""

    farm: EmbeddedFarm
    log: Path
    recording: Path

    def run(self, _number: int) -> str:
        """Run a job to its end. Returns its state."""
        return str(self.farm.ended(self.farm.submit(self.recording))["state"])

    def footprints(self) -> dict[str, Footprint]:
        return {part: _footprint(self.farm.pid_of(part)) for part in PARTS}

    def complaints(self) -> list[str]:
        """Return the events above the level info. This farm has no keys, which is logged once."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{")]
        assert events, "the log has no events"
        expected = events_catalogue.dispatcher.keys_missing.name
        return [
            str(one)
            for one in events
            if one["level"] not in ("debug", "info") and one["event"] != expected
        ]


def _footprint(pid: int) -> Footprint:
    process = psutil.Process(pid)
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    [kib] = [line.split()[1] for line in rollup.splitlines() if line.startswith("Anonymous:")]
    return Footprint(int(kib) << 10, process.num_fds(), process.num_threads())


@pytest.fixture
def soak(tmp_path: Path) -> Iterator[Soak]:
    log, recording = tmp_path / "farm.log", tmp_path / "call.wav"
    spoken = Synthesizer().say("yes please", Speaker("en-us+m3", 150, 45))
    recording.write_bytes(wav(spoken.samples.tobytes()))
    settings = {"WHISPERFARM_RESULT_CACHE": "false", "WHISPERFARM_LOG_FORMAT": "json"}
    with started(tmp_path / "data", log=log, **settings) as farm:
        yield Soak(farm, log, recording)


def test_many_jobs_leave_no_warning_and_no_growth(soak: Soak) -> None:
    states: set[str] = set()
    seen: list[tuple[int, dict[str, Footprint]]] = []
    with ThreadPoolExecutor(CALLERS) as callers:
        for done in range(BATCH, JOBS + 1, BATCH):
            states.update(callers.map(soak.run, range(BATCH)))
            seen.append((done, soak.footprints()))
            _print(*seen[-1])
    assert states == {"succeeded"}
    assert soak.complaints() == []
    for part in PARTS:
        warm = [prints[part] for number, prints in seen if number >= WARM_UP_JOBS]
        _check_growth(warm)


def _print(number: int, footprints: dict[str, Footprint]) -> None:
    figures = [
        f"{part} {one.anonymous_bytes >> 20} MiB, {one.descriptors} descriptors,"
        f" {one.threads} threads"
        for part, one in footprints.items()
    ]
    print(f"{number} jobs: {'; '.join(figures)}")


def _check_growth(warm: list[Footprint]) -> None:
    """Compare what the process had after the warm-up with its figures at the end.

    Descriptors of requests in progress come and go, so the smallest figures are compared.
    """
    first, last = warm[: len(warm) // 2 + 1], warm[-(len(warm) // 2 + 1) :]

    def growth(name: str) -> int:
        return int(
            min(getattr(one, name) for one in last) - min(getattr(one, name) for one in first)
        )

    assert growth("anonymous_bytes") <= MAX_GROWTH_BYTES
    assert growth("descriptors") <= MAX_NEW_DESCRIPTORS
    assert growth("threads") <= MAX_NEW_THREADS
