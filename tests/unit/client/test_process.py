"""The command as callers run it: in its own process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import environment
from tests.support.waiting import until

PATIENCE_S = 20.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
CLIENT = [sys.executable, "-m", "whisperfarm_client"]


@contextmanager
def _started(farm: Any, *argv: str | Path) -> Iterator[subprocess.Popen[str]]:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)  # a child inherits ignored signals
    with subprocess.Popen(
        [*CLIENT, *map(str, argv)],
        env=environment(WHISPERFARM_URL=farm.url),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", SIGNALS)
def test_signal_cancels_the_job_and_ends_the_process(
    farm: Any, wav: Path, out: Path, number: signal.Signals
) -> None:
    farm.on("wait", farm.never_end)
    with _started(farm, wav, "-o", out) as process:
        assert farm.waited_for.wait(PATIENCE_S)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert farm.cancelled.is_set()
    assert process.returncode == 128 + number
    assert err == f"whisper-remote: stopped: {number.name}\n"
    assert list(out.iterdir()) == []


def test_client_is_one_process_with_one_thread(farm: Any, wav: Path, out: Path) -> None:
    farm.on("wait", farm.never_end)
    with _started(farm, wav, "-o", out) as process:
        assert farm.waited_for.wait(PATIENCE_S)
        tasks = Path(f"/proc/{process.pid}/task")
        if not tasks.exists():
            pytest.skip("only Linux lists the threads of a process")
        # The look-up of the farm's address has a thread of its own, which has just ended.
        until(lambda: len(list(tasks.iterdir())) == 1, "the end of the address look-up")
        (task,) = tasks.iterdir()
        assert (task / "children").read_text() == ""


def test_unprintable_text_is_no_failure(
    farm: Any, wav: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    farm.transcript["segments"][0]["text"] = "Grüß Gott."
    with _started(farm, wav, "-o", out, "-f", "json", "--verbose", "True") as process:
        said, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
    assert "Gr?? Gott." in said


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("close", ["pipe", "closed"])
def test_closed_stream_does_not_change_the_exit_code(
    farm: Any, wav: Path, out: Path, stream: str, close: str
) -> None:
    farm.transcript["warnings"] = ["one", "two"]
    absent = wav.with_name("absent.wav")
    argv = [str(one) for one in (absent, wav, "-o", out, "-f", "txt", "--verbose", "True")]
    assert _run_with_lost(stream, argv, farm, close) == 66
    assert [path.name for path in out.iterdir()] == ["call.txt"]


@pytest.mark.parametrize("flag", ["--help", "--version"])
@pytest.mark.parametrize("close", ["pipe", "closed"])
def test_help_ends_quietly_if_its_reader_has_ended(farm: Any, flag: str, close: str) -> None:
    assert _run_with_lost("stdout", [flag], farm, close) == 0


def _run_with_lost(stream: str, argv: list[str], farm: Any, close: str) -> int:
    """Runs the client with one stream that is closed, or a pipe without a reader."""
    number = {"stdout": 1, "stderr": 2}[stream]
    redirect = f"{number}>&-" if close == "closed" else f"{number}>&$pipe"
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        ["bash", "-c", f'pipe={writer}; exec "$@" {redirect}', "bash", *CLIENT, *argv],
        env=environment(WHISPERFARM_URL=farm.url),
        pass_fds=[writer],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    os.close(writer)
    assert "Traceback" not in ended.stderr
    assert "Error" not in ended.stderr
    return ended.returncode


def test_slow_imports_happen_after_the_upload(
    farm: Any, wav: Path, out: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("a-key")
    script = (
        "import sys; from whisperfarm_client.command import main;"
        "code = main(); sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, str(wav), "-o", str(out), "-f", "json"],
        env={
            "PYTHONPATH": os.pathsep.join(_folders()),
            "WHISPERFARM_URL": farm.url,
            "WHISPERFARM_API_KEY_FILE": str(key),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    heavy = {"dataclasses", "inspect", "pathlib", "tempfile", "asyncio", "subprocess", "logging"}
    of_https = {"ssl", "_ssl", "encodings.idna"}
    assert not (heavy | of_https) & set(done.stderr.split())


def _folders() -> list[str]:
    import whisperfarm_client
    import whisperfarm_contract

    packages = (whisperfarm_client, whisperfarm_contract)
    return [str(Path(package.__file__).parents[1]) for package in packages]
