"""When to try again, and when to give up."""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from whisperfarm_contract.problems import DeadlinePassed, Problem

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0

TELL_AFTER_S = 5.0
"""Trouble that passes sooner is not worth a word: a dispatcher was replaced by another."""

Tell = Callable[[str], object]
"""Hears, once, what has been waited for ever since `TELL_AFTER_S`."""


class Surroundings(NamedTuple):
    """Time and chance, so that tests can bring their own."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random


class Patience:
    """How long one recording is worth trying for.

    A farm that was never reached, or failed at all it was asked, is given up after `connect_s`: the
    URL is probably wrong. From the moment that the job was accepted only the deadline counts,
    however long the farm is gone.
    """

    def __init__(
        self,
        *,
        deadline: float | None,
        connect_s: float,
        tell: Tell = lambda _: None,
        around: Surroundings | None = None,
    ) -> None:
        """`deadline` is a time of the clock; `None` means no end."""
        self._around = around or Surroundings()
        self._deadline = deadline
        self._connect_s: float | None = connect_s
        self._tell: Tell | None = tell
        self._about = ""
        self._away_since: float | None = None
        self._troubled_since: float | None = None
        self._pauses = 0

    def left_s(self) -> float:
        """Seconds until the deadline."""
        if self._deadline is None:
            return float("inf")
        return self._deadline - self._around.clock()

    def check(self, reason: str) -> None:
        """Raises `DeadlinePassed` when the time is up; `reason` says what was still going on."""
        if self.left_s() <= 0:
            raise DeadlinePassed(f"time is up: {reason}")

    def accepted(self, job_id: str) -> None:
        """The farm has the job: from now on it is waited for until the deadline."""
        self._connect_s = None
        self._about = f" (job {job_id})"

    def answered(self) -> None:
        """The farm did what it was asked: the next pause is a short one again."""
        self._away_since, self._troubled_since, self._pauses = None, None, 0

    def failed(self, problem: Problem, *, at_least_s: float = 0.0) -> None:
        """The farm is not there, or failed: waits, or raises the problem or `DeadlinePassed`."""
        now = self._around.clock()
        self._away_since = now if self._away_since is None else self._away_since
        if self._connect_s is not None and now - self._away_since >= self._connect_s:
            raise problem
        self._wait(problem.detail, at_least_s=at_least_s, is_trouble=True)

    def pause(self, reason: str, *, at_least_s: float = 0.0) -> None:
        """The farm is there, and not ready: waits, or raises `DeadlinePassed`."""
        self._away_since = None
        self._wait(reason, at_least_s=at_least_s, is_trouble=True)

    def not_yet(self, reason: str) -> None:
        """All is well and takes its time: waits, or raises `DeadlinePassed`."""
        self._wait(reason)

    def _wait(self, reason: str, *, at_least_s: float = 0.0, is_trouble: bool = False) -> None:
        pause_s = self._pause_s(at_least_s)
        if pause_s >= self.left_s():
            raise DeadlinePassed(f"time is up: {reason}")
        if is_trouble:
            self._tell_once(reason, pause_s)
        self._pauses += 1
        self._around.sleep(pause_s)

    def _tell_once(self, reason: str, pause_s: float) -> None:
        now = self._around.clock()
        if self._troubled_since is None:
            self._troubled_since = now
        lasted_s = now + pause_s - self._troubled_since
        if self._tell is not None and lasted_s >= TELL_AFTER_S:
            self._tell(reason + self._about)
            self._tell = None

    def _pause_s(self, at_least_s: float) -> float:
        """Longer each time, and never in step with other clients.

        Of many who were told the same `Retry-After`, some come up to a quarter later.
        """
        grown_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._pauses, 10))
        chance = self._around.chance()
        later_s = min(at_least_s * chance / 4, max(0.0, (self.left_s() - at_least_s) / 2))
        return max(at_least_s + later_s, grown_s * (0.5 + chance / 2))
