"""Prints how far a command is that takes minutes."""

import time
from collections.abc import Callable

from whisperfarm.console import report_line

INTERVAL_S = 5.0


class Progress:
    """Counter of what is done. Every `INTERVAL_S` seconds it prints `<verb> 1200 <noun>`."""

    def __init__(
        self, verb: str, noun: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.count = 0
        self._verb = verb
        self._noun = noun
        self._clock = clock
        self._printed_at = clock()

    def advance(self, count: int = 1) -> None:
        """Count more that is done. Call it from one thread."""
        self.count += count
        if self._clock() - self._printed_at >= INTERVAL_S:
            self._printed_at = self._clock()
            report_line(f"{self._verb} {self.count} {self._noun}")
