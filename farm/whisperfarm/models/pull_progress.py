"""Shows the progress of a pull: a bar on a terminal, else one line per file."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.progress import TransferSpeedColumn as SpeedColumn

from whisperfarm_contract.printable import printable


class ProgressOutput:
    """Shows a pull through rich. Several threads may use it at once."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("pull", total=None)
        self._lock = threading.Lock()

    def waiting(self) -> None:
        """Report that another pull holds the lock of the folder."""
        self._print("another pull is running in this folder; waiting for it")

    def begin(self, size_bytes: int | None) -> None:
        """Set the number of bytes to download; `None` means unknown."""
        self._bars.update(self._task, total=size_bytes)

    def advance(self, count_bytes: int) -> None:
        """Add to the number of downloaded bytes."""
        self._bars.advance(self._task, count_bytes)

    def done(self, file: str, *, pulled: bool) -> None:
        """Report an installed file: pulled now, or present before."""
        self._print(f"{'pulled ' if pulled else 'present'}  {file}")

    def _print(self, line: str) -> None:
        with self._lock:
            self._bars.console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def show_progress() -> Iterator[ProgressOutput]:
    """Show the progress of a pull on standard error while the context is open."""
    console = Console(file=sys.stderr)
    columns = (BarColumn(), DownloadColumn(), SpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield ProgressOutput(bars)
