"""Killing the command, the dispatcher and workers: each recording of a batch has one result.

`BATCH_FILES` recordings, `BATCH_KILLS` kills, `BATCH_WORKERS` workers. `make batch-kills` sets
1,000, 20 and 2, and prints the figures.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any

import pytest

from tests.acceptance.phrases import TEXTS, spoken
from tests.servers.process import tied_to_us
from tests.support.environment import environment
from tests.support.farm import EmbeddedFarm, started
from tests.support.readiness import is_ready
from tests.support.waiting import until

FILES = int(os.environ.get("BATCH_FILES", "12"))
KILLS = int(os.environ.get("BATCH_KILLS", "3"))
WORKERS = int(os.environ.get("BATCH_WORKERS", "1"))
MAX_DELAY_S = 3.0
"""Longest time between a certain output and a kill."""

MAX_KILLS_OF_SHARED_FARM = 8
"""Every third or fourth kill is that of a worker, and three may quarantine a job."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 3 * FILES + 60 * KILLS)]


class Command:
    """`whisperfarm batch` as a process that is killed and started again."""

    def __init__(self, farm: EmbeddedFarm, calls: Path, output: Path) -> None:
        self._output = output
        self.summary = output.with_suffix(".json")
        self._line = [
            *(sys.executable, "-m", "whisperfarm", "batch", str(calls), "--output", str(output)),
            *("--url", farm.url, "--max-jobs", "40", "--summary", str(self.summary)),
        ]
        self._log = output.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command, unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*tied_to_us(SIGTERM), *self._line], stdout=log, stderr=log, env=environment()
            )

    def kill(self) -> None:
        self.wait(0)
        assert self._process is not None
        self._process.send_signal(SIGKILL)
        self._process.wait()

    def wait(self, for_s: float) -> int | None:
        """Return the exit code, or `None` if the command runs longer."""
        assert self._process is not None
        try:
            return self._process.wait(for_s)
        except subprocess.TimeoutExpired:
            return None

    def outputs(self) -> list[Path]:
        return list(self._output.glob("phrase-*.json"))

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8")


class SecondWorker:
    """A worker beside that of the farm."""

    def __init__(self, farm: EmbeddedFarm, log: Path) -> None:
        self._line = ["worker", "--data-dir", str(farm.data_dir), "--presets", "demo"]
        self._log = log
        self._settings = {"WHISPERFARM_LEASE_S": "6", "WHISPERFARM_RESULT_CACHE": "false"}
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*tied_to_us(SIGTERM), sys.executable, "-m", "whisperfarm", *self._line],
                stdout=log,
                stderr=log,
                env=environment(**self._settings),
            )

    def kill(self) -> None:
        """Kill the worker and start it again."""
        self.stop(SIGKILL)
        self.start()

    def stop(self, number: int) -> None:
        self._process.send_signal(number)
        self._process.wait(60)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of recordings with distinct names and samples."""
    folder = tmp_path_factory.mktemp("calls")
    texts = TEXTS * (FILES // len(TEXTS) + 1)
    spoken(folder, texts[:FILES])
    return folder


@pytest.fixture(scope="module")
def batch_farm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedFarm]:
    """Return the farm of all tests, or with many kills one that quarantines no job for them."""
    if KILLS <= MAX_KILLS_OF_SHARED_FARM:
        yield request.getfixturevalue("farm")
        return
    folder = tmp_path_factory.mktemp("batch-farm")
    settings = {
        "WHISPERFARM_LEASE_S": "6",
        "WHISPERFARM_RESULT_CACHE": "false",
        "WHISPERFARM_MAX_WORKER_DEATHS": str(KILLS),
    }
    with started(folder / "data", log=folder / "farm.log", **settings) as running:
        yield running


@contextmanager
def second_worker(farm: EmbeddedFarm, log: Path) -> Iterator[list[Callable[[], object]]]:
    """Run a second worker for the block if there is to be one. Returns what kills it."""
    if WORKERS == 1:
        yield []
        return
    worker = SecondWorker(farm, log)
    try:
        yield [worker.kill]
    finally:
        worker.stop(SIGTERM)


def test_each_recording_has_one_result_whatever_is_killed(
    batch_farm: EmbeddedFarm, calls: Path, tmp_path: Path
) -> None:
    farm = batch_farm
    undisturbed = Command(farm, calls, tmp_path / "undisturbed")
    killed = Command(farm, calls, tmp_path / "killed")
    with second_worker(farm, tmp_path / "worker.log") as kill_second:
        print(f"undisturbed: {_run_to_end(undisturbed):.0f} s")
        kills = [killed.kill, lambda: farm.kill("dispatcher"), lambda: farm.kill("worker")]
        began = time.monotonic()
        _kill_in_turn(killed, [*kills, *kill_second])
        print(f"{KILLS} kills in {time.monotonic() - began:.0f} s")
        print(f"killed: {time.monotonic() - began + _run_to_end(killed):.0f} s")
    # The last kill may have come after the last output.
    until(lambda: is_ready(farm.url), "a ready farm", within_s=300)
    assert len(killed.outputs()) == FILES
    assert _transcripts(killed) == _transcripts(undisturbed)
    assert _states(farm, killed.summary) == ["succeeded"] * FILES
    _run_to_end(killed)
    assert f"nothing to do: {FILES} done, 0 failed" in killed.printed
    assert _states(farm, killed.summary) == ["succeeded"] * FILES


def _run_to_end(command: Command) -> float:
    """Run the command until it ends by itself. Returns the seconds."""
    began = time.monotonic()
    command.start()
    assert command.wait(200 + 3 * FILES) == 0, command.printed
    return time.monotonic() - began


def _kill_in_turn(command: Command, kills: list[Callable[[], object]]) -> None:
    """Kill `KILLS` times at random moments, spread over the outputs that are written."""
    rng = random.Random(7)
    for number, kill in zip(range(KILLS), cycle(kills), strict=False):
        command.start()
        expected = number * FILES // (KILLS + 1)
        until(lambda count=expected: len(command.outputs()) >= count, "outputs", within_s=300)
        command.wait(rng.uniform(0, MAX_DELAY_S))
        kill()


def _transcripts(command: Command) -> dict[str, Any]:
    """Return what each transcript says: text, times and speakers."""
    found = {path.name: json.loads(path.read_bytes()) for path in command.outputs()}
    return {
        name: {member: one[member] for member in ("text", "segments", "turns", "word_segments")}
        for name, one in found.items()
    }


def _states(farm: EmbeddedFarm, summary: Path) -> list[str]:
    """Return the states of all jobs of the batch with that summary."""
    batch_id = json.loads(summary.read_bytes())["batch"]
    jobs = farm.http.get(f"/v1/batches/{batch_id}").json()["jobs"]
    total = jobs.pop("total")
    states = [state for state, count in jobs.items() for _ in range(count)]
    assert len(states) == total
    return states
