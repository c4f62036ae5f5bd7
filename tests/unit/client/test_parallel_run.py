"""Several recordings at once: order of the output, bounds, failures and signals."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.environment import environment
from tests.support.waiting import until
from tests.unit.client.conftest import FarmDouble, Handler, job
from whisperfarm_client.command import main
from whisperfarm_contract.problems import AudioUnreadable, FarmBusy

PATIENCE_S = 20.0
Run = Callable[..., tuple[int, list[str]]]


class JobsFarm(FarmDouble):
    """A farm with a job `j3` for the recording `3 é.wav`. `failing` are the ids of jobs that fail.

    The jobs that are `held` end once there were `until_submitted` submissions.
    """

    def __init__(self) -> None:
        super().__init__()
        self.held: set[str] = set()
        self.until_submitted = 0
        self.failing: set[str] = set()
        self.submitted: list[float] = []
        self.most_unfinished = 0
        self._ended = 0
        self._changed = threading.Condition()

    def submit(self, handler: Handler) -> None:
        name = self.note("submit", handler).query["filename"]
        with self._changed:
            self.submitted.append(time.monotonic())
            self.most_unfinished = max(self.most_unfinished, len(self.submitted) - self._ended)
            self._changed.notify_all()
        handler.answer(202, job("queued", id=f"j{name[0]}"))

    def wait(self, handler: Handler) -> None:
        name = self.note("wait", handler).path.rpartition("/")[2]
        with self._changed:
            if name in self.held:
                self._changed.wait_for(
                    lambda: len(self.submitted) >= self.until_submitted, PATIENCE_S
                )
            self._ended += 1
        problem = AudioUnreadable(name).to_wire() if name in self.failing else None
        handler.answer(200, job("failed" if problem else "succeeded", id=name, problem=problem))

    def result(self, handler: Handler) -> None:
        name = self.note("result", handler).path.split("/")[-2]
        handler.answer(200, {**self.transcript, "warnings": [f"about {name}"]})


@pytest.fixture
def farm() -> Iterator[JobsFarm]:
    double = JobsFarm()
    yield double
    double.close()


@pytest.fixture
def calls(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number} é.wav" for number in range(6)]
    for path in paths:
        path.write_bytes(b"RIFF")
    return paths


@pytest.fixture
def run(farm: JobsFarm, out: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command. It returns the exit code and the lines on stderr."""

    def run_command(*argv: str | Path, **environ: str) -> tuple[int, list[str]]:
        line = [*map(str, argv), "--output_dir", str(out), "-f", "txt"]
        code = main(line, {"WHISPERFARM_URL": farm.url, **environ})
        return code, capsys.readouterr().err.splitlines()

    return run_command


def warning(path: Path) -> str:
    return f"whisper-remote: warning: {path}: about j{path.name[0]}"


def test_lines_are_in_the_order_of_the_recordings(
    farm: JobsFarm, calls: list[Path], out: Path, run: Run
) -> None:
    farm.held, farm.until_submitted = {"j0"}, len(calls)
    assert run(*calls) == (0, [warning(path) for path in calls])
    assert sorted(path.name for path in out.iterdir()) == [f"{one.stem}.txt" for one in calls]


@pytest.mark.parametrize(("flags", "most"), [([], 4), (["--parallel", "2"], 2)])
def test_jobs_at_once_are_limited(
    farm: JobsFarm, calls: list[Path], run: Run, flags: list[str], most: int
) -> None:
    farm.held, farm.until_submitted = {f"j{number}" for number in range(most)}, most
    assert run(*calls, *flags)[0] == 0
    assert farm.most_unfinished == most


def test_variable_limits_jobs_at_once(farm: JobsFarm, calls: list[Path], run: Run) -> None:
    assert run(*calls, WHISPERFARM_PARALLEL="1")[0] == 0
    assert farm.most_unfinished == 1


def test_exit_code_is_that_of_the_first_recording_that_failed(
    farm: JobsFarm, calls: list[Path], out: Path, run: Run
) -> None:
    farm.held, farm.until_submitted, farm.failing = {"j0"}, 4, {"j0"}
    calls[3].write_bytes(b"")
    calls[5].unlink()
    code, lines = run(*calls)
    assert code == AudioUnreadable.exit_code
    assert [line.split(": ")[1] for line in lines] == [
        "audio-unreadable", "warning", "warning", "audio-empty", "warning", "missing-audio",
    ]  # fmt: skip
    assert sorted(path.name[0] for path in out.iterdir()) == ["1", "2", "4"]


def test_busy_farm_holds_all_recordings(farm: JobsFarm, calls: list[Path], run: Run) -> None:
    refused: list[float] = []

    def refuse(handler: Handler) -> None:
        handler.read_all()
        refused.append(time.monotonic())
        handler.answer(429, FarmBusy().to_wire(), {"Retry-After": "1"})

    farm.on("submit", farm.submit, refuse)
    assert run(*calls[:4], "--verbose", "False") == (0, [])
    assert len(farm.submitted) == 4
    sent_before = 1
    assert farm.submitted[sent_before] - refused[0] > 0.9


def test_farm_that_becomes_unavailable_gets_no_more_recordings(
    farm: JobsFarm, calls: list[Path], run: Run
) -> None:
    usual = farm.submit

    def submit_first(handler: Handler) -> None:
        usual(handler)
        farm.submit = lambda handler: handler.answer(  # type: ignore[method-assign]
            500, {"name": "internal-error", "detail": "its log says why", "exit_code": 70}
        )

    farm.on("submit", submit_first)
    code, lines = run(*calls, WHISPERFARM_CONNECT_TIMEOUT="0")
    assert code == 70
    assert lines == [
        warning(calls[0]),
        f"whisper-remote: internal-error: {calls[1]}: its log says why",
        "whisper-remote: internal-error: 4 more recordings were not sent",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_cancels_all_jobs(
    farm: JobsFarm, calls: list[Path], out: Path, number: signal.Signals
) -> None:
    signal.signal(number, signal.SIG_DFL)  # a child inherits ignored signals
    farm.held, farm.until_submitted = {"j0", "j2", "j3"}, 10
    line = [sys.executable, "-m", "whisperfarm_client", *map(str, calls[:4]), "-o", str(out)]
    with subprocess.Popen(
        line, env=environment(WHISPERFARM_URL=farm.url), stderr=subprocess.PIPE, text=True
    ) as process:
        until(lambda: list(out.glob("1*.json")), "the output of the second", within_s=PATIENCE_S)
        until(lambda: len(farm.requests("wait")) == 4, "all jobs", within_s=PATIENCE_S)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 128 + number
    assert err == f"{warning(calls[1])}\nwhisper-remote: stopped: {number.name}\n"
    cancelled = {seen.path.rpartition("/")[2] for seen in farm.requests("cancel")}
    assert cancelled == farm.held
