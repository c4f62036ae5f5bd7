"""The share of the time that the device was in use."""

import threading
import time

import structlog
from structlog.typing import EventDict, WrappedLogger

from whisperfarm_store import events


class BusyTime:
    """A structlog processor that notes the calls of the device, and drops all events."""

    def __init__(self) -> None:
        self._calls: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Note the event if it ends a call of the device."""
        if event["event"] == events.device.called.name:
            ended = time.monotonic()
            with self._lock:
                self._calls.append((ended - event["took_s"], ended))
        raise structlog.DropEvent

    def seconds(self, *, since: float) -> float:
        """Return how long at least one call was under way since that monotonic time."""
        busy, reached = 0.0, since
        with self._lock:
            for began, ended in sorted(self._calls):
                busy += max(0.0, ended - max(began, reached))
                reached = max(reached, ended)
        return busy


def watch() -> BusyTime:
    """Note the calls of the device from now on, and print no log lines."""
    busy = BusyTime()
    structlog.configure(processors=[busy])
    return busy
