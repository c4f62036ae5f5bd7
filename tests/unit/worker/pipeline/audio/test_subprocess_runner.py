"""A child process that is held short."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from whisperfarm_worker.pipeline.audio.subprocess_runner import Ending, Limits, Silent, run

LIMITS = Limits(cpu_s=10, memory_bytes=1 << 30, silent_s=10)


def _run(
    code: str,
    *,
    take: Callable[[bytes], None] = lambda _: None,
    limits: Limits = LIMITS,
    look: Callable[[], None] = lambda: None,
) -> Ending:
    return run([sys.executable, "-I", "-S", "-c", code], take=take, limits=limits, look=look)


def test_output_arrives_whole() -> None:
    pieces: list[bytes] = []
    ending = _run("import sys; sys.stdout.write('x' * 1_000_000)", take=pieces.append)
    assert (ending.code, b"".join(pieces)) == (0, b"x" * 1_000_000)


def test_the_last_line_on_standard_error_is_kept() -> None:
    ending = _run("import sys; sys.stderr.write('y' * 9999 + '\\nlast words\\n\\n'); sys.exit(3)")
    assert (ending.code, ending.last_line) == (3, "last words")


def test_a_child_that_says_nothing_has_no_last_line() -> None:
    assert _run("").last_line == ""


def test_a_silent_child_is_killed() -> None:
    limits = Limits(cpu_s=10, memory_bytes=1 << 30, silent_s=0.3)
    with pytest.raises(Silent):
        _run("import time; time.sleep(60)", limits=limits)


def test_a_child_that_computes_too_long_is_stopped() -> None:
    limits = Limits(cpu_s=1, memory_bytes=1 << 30, silent_s=60)
    assert _run("while True: pass", limits=limits).code in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_child_gets_no_more_memory_than_it_may() -> None:
    limits = Limits(cpu_s=10, memory_bytes=1 << 28, silent_s=60)
    wait = "import sys, time; print('up', flush=True); time.sleep(0.5);"
    ending = _run(wait + "bytearray(1 << 29)", limits=limits)
    assert (ending.code, ending.last_line) == (1, "MemoryError")


def test_a_child_can_write_no_file(tmp_path: Path) -> None:
    wait = "import os, time; print('up', flush=True); time.sleep(0.5);"
    ending = _run(wait + f"os.write(os.open({str(tmp_path / 'file')!r}, 65), b'x')")
    assert "File too large" in ending.last_line


class _Enough(Exception):
    pass


def test_what_the_onlooker_raises_ends_the_child() -> None:
    def look() -> None:
        raise _Enough

    with pytest.raises(_Enough):
        _run("import time; time.sleep(60)", look=look)


def test_what_the_taker_raises_ends_the_child() -> None:
    def take(_: bytes) -> None:
        raise _Enough

    with pytest.raises(_Enough):
        _run("print('x', flush=True); import time; time.sleep(60)", take=take)


def test_the_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s3cr3t")
    pieces: list[bytes] = []
    _run("import os; print(os.environ.get('SECRET'))", take=pieces.append)
    assert b"".join(pieces) == b"None\n"
