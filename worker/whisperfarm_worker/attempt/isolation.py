"""Who may be at work in this process at the same time: any number of jobs, or one suspect alone.

A worker that dies takes all its jobs with it, and nothing shows which of them was the cause. So a
suspect, a job during which `SUSPECT_AFTER_DEATHS` workers died, runs by itself: if it kills its
worker again, no other job is lost.
"""

import threading
from collections.abc import Callable


class ExclusiveGate:
    """Doors to the work; whoever came in calls `exit`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._active = 0
        self._is_exclusive = False
        self._exclusive_waiting = 0
        self._waiting = 0
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many threads wait to come in."""
        with self._changed:
            return self._waiting

    def enter(self) -> bool:
        """Come in beside others, after suspects that are at work or wait; `False` once closed."""
        with self._changed:
            self._await(self._may_enter)
            if self._closed:
                return False
            self._active += 1
            return True

    def enter_exclusive(self, *, timeout_s: float) -> bool:
        """Come in when nobody else is there, and nobody comes in meanwhile; `False` when that does
        not happen in time, or once closed."""
        with self._changed:
            self._exclusive_waiting += 1
            try:
                if not self._await(self._may_enter_exclusive, timeout_s) or self._closed:
                    return False
                self._active, self._is_exclusive = 1, True
                return True
            finally:
                self._exclusive_waiting -= 1
                self._changed.notify_all()

    def exit(self) -> None:
        """By one who came in."""
        with self._changed:
            self._active -= 1
            self._is_exclusive = False
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody comes in any more; those inside stay as long as they like."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _await(self, condition: Callable[[], bool], timeout_s: float | None = None) -> bool:
        self._waiting += 1
        try:
            return self._changed.wait_for(condition, timeout_s)
        finally:
            self._waiting -= 1

    def _may_enter(self) -> bool:
        return self._closed or not (self._is_exclusive or self._exclusive_waiting)

    def _may_enter_exclusive(self) -> bool:
        return self._closed or self._active == 0
