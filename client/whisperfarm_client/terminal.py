"""What the command prints: lines on stdout and stderr, and the progress line.

Control characters are escaped, because file names and messages of a server must not steer a
terminal. A stream whose reader has ended is ignored: the output files are what counts.
"""

import os
import sys
from contextlib import suppress
from typing import TextIO

from whisperfarm_contract.printable import printable


def open_streams() -> None:
    """Replace standard streams that were closed when the process started."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def flush_streams() -> None:
    """Flush the standard streams: a failure at the exit of Python would change the exit code."""
    for stream in (sys.stdout, sys.stderr):
        _write(stream, "")


def print_line(text: str) -> None:
    """Print a line on stdout. Characters that its encoding lacks become question marks."""
    encoding = sys.stdout.encoding or "utf-8"
    _write(sys.stdout, printable(text).encode(encoding, "replace").decode(encoding) + "\n")


def print_error(text: str) -> None:
    """Print a line on stderr."""
    _write(sys.stderr, printable(text) + "\n")


class ProgressLine:
    """Progress of one recording, shown in one line; without a terminal nothing is written."""

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream = stream
        self._label = printable(label)
        self.is_shown = stream.isatty()

    def update(self, stage: str, fraction: float) -> None:
        """Show the stage and the fraction of it that is done, 0 to 1."""
        self._write(f"\r{self._label}: {printable(stage)} {fraction:4.0%}\x1b[K")

    def clear(self) -> None:
        """Erase the line."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self.is_shown:
            _write(self._stream, text)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        _discard(stream)


def _discard(stream: TextIO) -> None:
    """Send this and later output of the stream to the null device."""
    with suppress(OSError):  # a stream without a file descriptor
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, stream.fileno())
        finally:
            os.close(null)
