"""A pull's progress: a bar on a terminal, a line a file elsewhere."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.progress import TransferSpeedColumn as SpeedColumn


class ShownProgress:
    """Tells of a pull through rich; safe to use from several threads."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("pull", total=None)
        self._lock = threading.Lock()

    def waiting(self) -> None:
        """Another pull is at work."""
        self._say("another pull is at work in this folder; waiting for it")

    def begin(self, size_bytes: int | None) -> None:
        """So much is to come."""
        self._bars.update(self._task, total=size_bytes)

    def advance(self, count_bytes: int) -> None:
        """So much more has come."""
        self._bars.advance(self._task, count_bytes)

    def done(self, file: str, *, pulled: bool) -> None:
        """A file is in its place."""
        self._say(f"{'pulled' if pulled else 'there '}  {file}")

    def _say(self, line: str) -> None:
        with self._lock:
            self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def shown() -> Iterator[ShownProgress]:
    """Inside, a pull is shown on standard error."""
    console = Console(file=sys.stderr)
    columns = (BarColumn(), DownloadColumn(), SpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield ShownProgress(bars)
