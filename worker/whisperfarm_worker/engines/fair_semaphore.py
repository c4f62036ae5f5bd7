"""A semaphore that admits threads in order of arrival, for the calls to a device.

A thread holds a slot while it calls a model. A long call yields its slot between batches, so a
short call waits for one batch and not for the rest of a long file.
"""

import threading
import time
from types import TracebackType

from whisperfarm_store import events


class FairSemaphore:
    """Semaphore with `slots` slots. `with semaphore:` holds a slot; `yield_turn` yields it."""

    def __init__(self, slots: int = 1) -> None:
        self._slots = slots
        self._changed = threading.Condition()
        self._arrived = 0
        self._exited = 0
        self._entered_s: dict[int, float] = {}

    def __enter__(self) -> "FairSemaphore":
        with self._changed:
            ticket = self._arrived
            self._arrived += 1
            self._changed.wait_for(lambda: ticket - self._exited < self._slots)
            self._entered_s[threading.get_ident()] = time.monotonic()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._changed:
            self._exited += 1
            took_s = time.monotonic() - self._entered_s.pop(threading.get_ident())
            self._changed.notify_all()
        events.device.called.log(took_s=took_s)

    @property
    def waiting(self) -> int:
        """Number of threads that wait for a slot."""
        with self._changed:
            return max(0, self._arrived - self._exited - self._slots)

    def yield_turn(self) -> None:
        """Let waiting threads go first, then take a slot again. Call it only while holding one."""
        if not self.waiting:
            return
        self.__exit__(None, None, None)
        self.__enter__()
