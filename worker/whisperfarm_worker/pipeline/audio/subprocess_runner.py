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

_PIECE_BYTES = 1 << 18
_LAST_WORDS_BYTES = 4096
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a child process. `silent_s` is the longest time without output."""

    cpu_s: int
    memory_bytes: int
    silent_s: float


@dataclass(frozen=True, slots=True)
class Ending:
    """Exit code of a child process, and the end of its standard error."""

    code: int
    last_words: str

    @property
    def last_line(self) -> str:
        """The last line of standard error."""
        lines = self.last_words.strip().splitlines()
        return lines[-1].strip() if lines else ""


class Silent(Exception):
    """The child process wrote no output for too long and was killed."""


def run(
    command: list[str],
    *,
    take: Callable[[bytes], None],
    limits: Limits,
    look: Callable[[], None],
) -> Ending:
    """Run the command to its end, and call `take` with each piece of its output.

    `look` is called several times a second. If `look` or `take` raises, the child is killed. Raises
    `Silent` and kills the child if it writes no output for `limits.silent_s` seconds.
    """
    with _started(command, limits) as child:
        last_words = _pump(child, take=take, limits=limits, look=look)
        return Ending(child.wait(), last_words.decode(errors="replace"))


@contextmanager
def _started(command: list[str], limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"},
        start_new_session=True,  # Ctrl-C must reach the worker alone, which drains
    )
    try:
        _limit(child.pid, limits)
        yield child
    finally:
        child.kill()
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
        child.wait()


def _limit(pid: int, limits: Limits) -> None:
    """Set the limits from the parent: code between fork and exec is unsafe if there are threads."""
    table = {
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: 0,  # it only writes to pipes
        resource.RLIMIT_CORE: 0,
    }
    if not hasattr(resource, "prlimit"):  # only Linux has it
        return
    for kind, most in table.items():
        try:
            resource.prlimit(pid, kind, (most, most))
        except (ProcessLookupError, PermissionError):
            return


def _pump(
    child: subprocess.Popen[bytes],
    *,
    take: Callable[[bytes], None],
    limits: Limits,
    look: Callable[[], None],
) -> bytes:
    """Read both pipes until they are closed. Returns the end of standard error."""
    last_words, heard_at = b"", time.monotonic()
    with selectors.DefaultSelector() as selector:
        _register(selector, child.stdout)
        _register(selector, child.stderr)
        while selector.get_map():
            look()
            if time.monotonic() - heard_at > limits.silent_s:
                raise Silent(f"it wrote no output for {limits.silent_s:g} s")
            for key, _ in selector.select(_LOOK_S):
                piece = os.read(key.fd, _PIECE_BYTES)
                if not piece:
                    selector.unregister(key.fileobj)
                elif key.fileobj is child.stdout:
                    heard_at = time.monotonic()
                    take(piece)
                else:
                    last_words = (last_words + piece)[-_LAST_WORDS_BYTES:]
    return last_words


def _register(selector: selectors.BaseSelector, pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        selector.register(pipe, selectors.EVENT_READ)
