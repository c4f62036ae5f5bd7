"""The pace of all senders together, which the farm's answers decide."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from whisperfarm_client.errors import Stopped


class Pace:
    """How many senders send at once, and how many jobs of the batch the farm has.

    If the farm asks one sender to wait, or cannot be reached, none sends until then. After that one
    of them tries, and each recording that is accepted allows one more.
    """

    def __init__(
        self,
        *,
        senders: int,
        max_jobs: int,
        jobs: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`jobs` are unfinished from an earlier run; `max_jobs` limits these and new ones."""
        self._max_sending = self._allowed = senders
        self._sending = 0
        self._max_jobs = max_jobs
        self._jobs = jobs
        self._not_before = 0.0
        self._is_stopped = False
        self._clock = clock
        self._changed = threading.Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until one more may send. Raises `Stopped`."""
        with self._changed:
            self._wait_for_turn()
            self._sending += 1
        try:
            yield
            self._accept()
        finally:
            self._leave()

    def hold(self, pause_s: float) -> None:
        """Hold all senders for `pause_s` seconds, then wait for another turn. Raises `Stopped`."""
        with self._changed:
            self._allowed = 1
            self._not_before = max(self._not_before, self._clock() + pause_s)
            self._sending -= 1
            self._changed.notify_all()
            try:
                self._wait_for_turn()
            finally:
                self._sending += 1

    def end_job(self) -> None:
        """Note that a job has ended, so that another one may be sent."""
        with self._changed:
            self._jobs -= 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Let no sender begin any more."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def _wait_for_turn(self) -> None:
        while not self._is_stopped:
            left_s = self._not_before - self._clock()
            if left_s <= 0 and self._has_room():
                return
            self._changed.wait(left_s if left_s > 0 else None)
        raise Stopped

    def _has_room(self) -> bool:
        return self._sending < self._allowed and self._jobs + self._sending < self._max_jobs

    def _accept(self) -> None:
        with self._changed:
            self._jobs += 1
            self._allowed = min(self._max_sending, self._allowed + 1)

    def _leave(self) -> None:
        with self._changed:
            self._sending -= 1
            self._changed.notify_all()
