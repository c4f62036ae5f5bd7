"""A child process under limits."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from whisperfarm_worker.pipeline.audio.subprocess_runner import (
    OutputTimeout,
    ProcessResult,
    ResourceLimits,
    run,
)

LIMITS = ResourceLimits(cpu_s=10, memory_bytes=1 << 30, output_timeout_s=10)


def _run(
    code: str,
    *,
    on_output: Callable[[bytes], None] = lambda _: None,
    limits: ResourceLimits = LIMITS,
    on_poll: Callable[[], None] = lambda: None,
) -> ProcessResult:
    return run(
        [sys.executable, "-I", "-S", "-c", code],
        on_output=on_output,
        limits=limits,
        on_poll=on_poll,
    )


def test_run_passes_all_output() -> None:
    pieces: list[bytes] = []
    ending = _run("import sys; sys.stdout.write('x' * 1_000_000)", on_output=pieces.append)
    assert (ending.code, b"".join(pieces)) == (0, b"x" * 1_000_000)


def test_result_has_the_last_line_of_stderr() -> None:
    ending = _run("import sys; sys.stderr.write('y' * 9999 + '\\nlast words\\n\\n'); sys.exit(3)")
    assert (ending.code, ending.last_line) == (3, "last words")


def test_silent_process_has_no_last_line() -> None:
    assert _run("").last_line == ""


def test_process_without_output_is_killed() -> None:
    limits = ResourceLimits(cpu_s=10, memory_bytes=1 << 30, output_timeout_s=0.3)
    with pytest.raises(OutputTimeout):
        _run("import time; time.sleep(60)", limits=limits)


def test_cpu_limit_stops_the_process() -> None:
    limits = ResourceLimits(cpu_s=1, memory_bytes=1 << 30, output_timeout_s=60)
    assert _run("while True: pass", limits=limits).code in (-signal.SIGXCPU, -signal.SIGKILL)


def test_memory_limit_is_enforced() -> None:
    limits = ResourceLimits(cpu_s=10, memory_bytes=1 << 28, output_timeout_s=60)
    wait = "import sys, time; print('up', flush=True); time.sleep(0.5);"
    ending = _run(wait + "bytearray(1 << 29)", limits=limits)
    assert (ending.code, ending.last_line) == (1, "MemoryError")


def test_process_cannot_write_files(tmp_path: Path) -> None:
    wait = "import os, time; print('up', flush=True); time.sleep(0.5);"
    ending = _run(wait + f"os.write(os.open({str(tmp_path / 'file')!r}, 65), b'x')")
    assert "File too large" in ending.last_line


class _Enough(Exception):
    pass


def test_error_in_on_poll_kills_the_process() -> None:
    def on_poll() -> None:
        raise _Enough

    with pytest.raises(_Enough):
        _run("import time; time.sleep(60)", on_poll=on_poll)


def test_error_in_on_output_kills_the_process() -> None:
    def on_output(_: bytes) -> None:
        raise _Enough

    with pytest.raises(_Enough):
        _run("print('x', flush=True); import time; time.sleep(60)", on_output=on_output)


def test_process_has_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s3cr3t")
    pieces: list[bytes] = []
    _run("import os; print(os.environ.get('SECRET'))", on_output=pieces.append)
    assert b"".join(pieces) == b"None\n"
