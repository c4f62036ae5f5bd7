"""Runs a child process under limits on CPU time, memory, file size and time without output."""

import os
import resource
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

_READ_BYTES = 1 << 18
_STDERR_TAIL_BYTES = 4096
_POLL_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLimits:
    """Limits of a child process. `output_timeout_s` is the longest time without output."""

    cpu_s: int
    memory_bytes: int
    output_timeout_s: float


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """Exit code of a child process, and the end of its standard error."""

    code: int
    stderr_tail: str

    @property
    def last_line(self) -> str:
        """The last line of standard error."""
        lines = self.stderr_tail.strip().splitlines()
        return lines[-1].strip() if lines else ""


class OutputTimeout(Exception):
    """The child process wrote no output for too long and was killed."""


def run(
    command: list[str],
    *,
    on_output: Callable[[bytes], None],
    limits: ResourceLimits,
    on_poll: Callable[[], None],
    on_stderr: Callable[[bytes], None] = lambda _: None,
) -> ProcessResult:
    """Run the command to its end, and call `on_output` with each piece of its output.

    `on_stderr` is called with each piece of its standard error.
    `on_poll` is called several times a second. If one of the functions raises, the child is
    killed. Raises `OutputTimeout` and kills the child if it writes no output for
    `limits.output_timeout_s` seconds.
    """
    with _spawn(command, limits) as child:
        stderr_tail = _pump(
            child, on_output=on_output, limits=limits, on_poll=on_poll, on_stderr=on_stderr
        )
        return ProcessResult(child.wait(), stderr_tail.decode(errors="replace"))


@contextmanager
def _spawn(command: list[str], limits: ResourceLimits) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"},
        start_new_session=True,  # Ctrl-C must reach the worker alone, which drains
    )
    try:
        _apply_limits(child.pid, limits)
        yield child
    finally:
        child.kill()
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
        child.wait()


def _apply_limits(pid: int, limits: ResourceLimits) -> None:
    """Set the limits from the parent: code between fork and exec is unsafe if there are threads."""
    limits_by_resource = {
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: 0,  # it only writes to pipes
        resource.RLIMIT_CORE: 0,
    }
    if not hasattr(resource, "prlimit"):  # only Linux has it
        return
    for kind, value in limits_by_resource.items():
        try:
            resource.prlimit(pid, kind, (value, value))
        except (ProcessLookupError, PermissionError):
            return


def _pump(
    child: subprocess.Popen[bytes],
    *,
    on_output: Callable[[bytes], None],
    limits: ResourceLimits,
    on_poll: Callable[[], None],
    on_stderr: Callable[[bytes], None],
) -> bytes:
    """Read both pipes until they are closed. Returns the end of standard error."""
    stderr_tail, last_output_at = b"", time.monotonic()
    with selectors.DefaultSelector() as selector:
        _register(selector, child.stdout)
        _register(selector, child.stderr)
        while selector.get_map():
            on_poll()
            if time.monotonic() - last_output_at > limits.output_timeout_s:
                raise OutputTimeout(f"it wrote no output for {limits.output_timeout_s:g} s")
            for key, _ in selector.select(_POLL_S):
                data = os.read(key.fd, _READ_BYTES)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is child.stdout:
                    last_output_at = time.monotonic()
                    on_output(data)
                else:
                    on_stderr(data)
                    stderr_tail = (stderr_tail + data)[-_STDERR_TAIL_BYTES:]
    return stderr_tail


def _register(selector: selectors.BaseSelector, pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        selector.register(pipe, selectors.EVENT_READ)
