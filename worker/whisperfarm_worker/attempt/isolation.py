"""Admits any number of jobs to this process, or one suspect alone.

A worker that dies loses all its jobs, and nothing shows which of them was the cause. A suspect, a
job during which `SUSPECT_AFTER_DEATHS` workers died, therefore runs alone: if it crashes its worker
again, no other job is lost.
"""

import threading
from collections.abc import Callable


class ExclusiveGate:
    """Gate for shared or exclusive entry. Call `exit` once per successful entry."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._active = 0
        self._is_exclusive = False
        self._exclusive_waiting = 0
        self._waiting = 0
        self._closed = False

    @property
    def waiting(self) -> int:
        """Number of threads that wait to enter."""
        with self._changed:
            return self._waiting

    def enter(self) -> bool:
        """Enter together with others, once no exclusive entry is active or waiting.

        Returns `False` if the gate is closed.
        """
        with self._changed:
            self._await(self._may_enter)
            if self._closed:
                return False
            self._active += 1
            return True

    def enter_exclusive(self, *, timeout_s: float) -> bool:
        """Enter alone. New entries wait until this one has left or given up.

        Returns `False` after `timeout_s` seconds, or if the gate is closed.
        """
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
        """Leave after a successful entry."""
        with self._changed:
            self._active -= 1
            self._is_exclusive = False
            self._changed.notify_all()

    def close(self) -> None:
        """Reject all further entries. Those inside may stay."""
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
