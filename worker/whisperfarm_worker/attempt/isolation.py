"""Who may be at work in this process at the same time: any number of jobs, or one suspect alone.

A worker that dies takes all its jobs with it, and nothing shows which of them was the cause. So a
suspect, a job during which `SUSPECT_FROM_KILLS` workers died, runs by itself: if it kills its
worker again, no other job is lost.
"""

import threading
from collections.abc import Callable


class Room:
    """Doors to the work; whoever came in calls `leave`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone = False
        self._suspects_waiting = 0
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
            self._await(self._is_open)
            if self._closed:
                return False
            self._inside += 1
            return True

    def enter_alone(self, *, within_s: float) -> bool:
        """Come in when nobody else is there, and nobody comes in meanwhile; `False` when that does
        not happen in time, or once closed."""
        with self._changed:
            self._suspects_waiting += 1
            try:
                if not self._await(self._is_empty, within_s) or self._closed:
                    return False
                self._inside, self._alone = 1, True
                return True
            finally:
                self._suspects_waiting -= 1
                self._changed.notify_all()

    def leave(self) -> None:
        """By one who came in."""
        with self._changed:
            self._inside -= 1
            self._alone = False
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody comes in any more; those inside stay as long as they like."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _await(self, condition: Callable[[], bool], within_s: float | None = None) -> bool:
        self._waiting += 1
        try:
            return self._changed.wait_for(condition, within_s)
        finally:
            self._waiting -= 1

    def _is_open(self) -> bool:
        return self._closed or not (self._alone or self._suspects_waiting)

    def _is_empty(self) -> bool:
        return self._closed or self._inside == 0
