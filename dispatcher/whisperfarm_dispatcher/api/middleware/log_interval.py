"""Bounds how often a condition is logged that callers can cause as often as they like."""

import time
from collections.abc import Callable

LOG_INTERVAL_S = 60.0


class LogInterval:
    """Lets `max_events` log events pass per interval."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, max_events: int = 1) -> None:
        self._clock = clock
        self._max_events = max_events
        self._passed = 0
        self._ends_at = float("-inf")

    def is_due(self) -> bool:
        now = self._clock()
        if now >= self._ends_at:
            self._passed, self._ends_at = 0, now + LOG_INTERVAL_S
        self._passed += 1
        return self._passed <= self._max_events
