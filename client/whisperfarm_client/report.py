"""What is printed about one recording, after the lines about the recordings before it."""

import os
import sys
from collections.abc import Callable
from threading import Lock

from whisperfarm_client import terminal
from whisperfarm_client.terminal import ProgressLine


class Report:
    """The lines about one recording, and its progress. They are kept until the report is open.

    One thread may print while another one opens the report.
    """

    def __init__(self, path: str, *, is_open: bool = True) -> None:
        self._progress_line = ProgressLine(sys.stderr, os.path.basename(path))
        self._is_open = is_open
        self._kept: list[tuple[Callable[[str], None], str]] = []
        self._lock = Lock()

    @property
    def shows_progress(self) -> bool:
        return self._progress_line.is_shown

    def open(self) -> None:
        """Print what was kept, and from now on everything at once."""
        with self._lock:
            self._is_open = True
            for print_text, text in self._kept:
                print_text(text)
            self._kept.clear()

    def update(self, stage: str, fraction: float) -> None:
        """Show the stage and the fraction of it that is done, 0 to 1, if the report is open."""
        with self._lock:
            if self._is_open:
                self._progress_line.update(stage, fraction)

    def print_line(self, text: str) -> None:
        """Print a line on stdout."""
        self._print(terminal.print_line, text)

    def print_error(self, text: str) -> None:
        """Print a line on stderr."""
        self._print(terminal.print_error, text)

    def clear(self) -> None:
        """Erase the progress."""
        with self._lock:
            if self._is_open:
                self._progress_line.clear()

    def _print(self, print_text: Callable[[str], None], text: str) -> None:
        with self._lock:
            if self._is_open:
                self._progress_line.clear()
                print_text(text)
            else:
                self._kept.append((print_text, text))
