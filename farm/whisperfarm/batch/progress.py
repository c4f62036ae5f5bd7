"""Shows the progress of a batch: a bar on a terminal, else one line per recording."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from whisperfarm.batch.manifest import Row, State
from whisperfarm_contract.printable import printable

_S_PER_HOUR = 3600
_S_PER_MINUTE = 60
_REPEAT_WAITING_S = 60.0


@dataclass
class BatchProgress:
    """Counts recordings, and shows them through rich. Several threads may use it at once."""

    bars: Progress
    total: int
    done: int = 0
    failed: int = 0
    audio_s: float = 0.0
    started: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting_until: float = 0.0

    def __post_init__(self) -> None:
        self._task = self.bars.add_task("batch", total=self.total, note="")

    def finish(self, row: Row) -> None:
        """Count a recording that is `done` or `failed`."""
        with self._lock:
            is_done = row.state is State.DONE
            self.done += is_done
            self.failed += not is_done
            self.audio_s += (row.audio_s or 0.0) if is_done else 0.0
            self.bars.update(self._task, advance=1, note=self._note())
            if not is_done or not self.bars.console.is_terminal:
                self._print(self._line(row))

    def waiting(self, reason: str) -> None:
        """Report why requests are sent again, at most once a minute."""
        with self._lock:
            if time.monotonic() >= self._waiting_until:
                self._waiting_until = time.monotonic() + _REPEAT_WAITING_S
                self._print(f"waiting: {reason}")

    def summary(self) -> str:
        """Return a line about all recordings of this run."""
        took_s = time.monotonic() - self.started
        return f"{self.done} done, {self.failed} failed; {self._note()}; {took_s:.0f} s"

    def _note(self) -> str:
        minutes = max(time.monotonic() - self.started, 1e-3) / _S_PER_MINUTE
        hours = self.audio_s / _S_PER_HOUR
        return f"{hours:.1f} h of audio, {(self.done + self.failed) / minutes:.0f} per minute"

    def _line(self, row: Row) -> str:
        number = f"[{self.done + self.failed}/{self.total}]"
        if row.state is State.DONE:
            length = "" if row.audio_s is None else f" ({row.audio_s:.1f} s)"
            return f"{number} done {row.path}{length}"
        return f"{number} failed {row.path}: {row.problem}: {row.detail}"

    def _print(self, line: str) -> None:
        self.bars.console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def show_progress(total: int) -> Iterator[BatchProgress]:
    """Show the progress of a batch of `total` recordings on standard error for the block."""
    console = Console(file=sys.stderr)
    note = TextColumn("{task.fields[note]}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), note, TextColumn("ETA"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield BatchProgress(bars, total)
