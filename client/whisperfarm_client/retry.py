"""When the client retries a request and when it fails."""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from whisperfarm_contract.problems import DeadlinePassed, Problem

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0

TELL_AFTER_S = 5.0
"""Shorter failures are not reported: they occur whenever a dispatcher is replaced."""

Tell = Callable[[str], object]
"""Called once with the reason when requests have failed for `TELL_AFTER_S`."""


class Surroundings(NamedTuple):
    """Clock, sleep and random numbers, which tests replace."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random


class Patience:
    """The retry policy of one recording.

    Before the job is accepted, requests that do not reach the farm or fail in it are retried for
    `connect_s` seconds: the URL is probably wrong. Afterwards only the deadline ends the retries.
    """

    def __init__(
        self,
        *,
        deadline: float | None,
        connect_s: float,
        tell: Tell = lambda _: None,
        around: Surroundings | None = None,
    ) -> None:
        """`deadline` is a time of the clock; `None` means no deadline."""
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
        """Raise `DeadlinePassed` if the deadline is exceeded; `reason` says what was going on."""
        if self.left_s() <= 0:
            raise DeadlinePassed(f"deadline exceeded: {reason}")

    def accepted(self, job_id: str) -> None:
        """Note that the farm has accepted the job: retry until the deadline from now on."""
        self._connect_s = None
        self._about = f" (job {job_id})"

    def answered(self) -> None:
        """Note that a request succeeded: reset the pauses."""
        self._away_since, self._troubled_since, self._pauses = None, None, 0

    def failed(self, problem: Problem, *, at_least_s: float = 0.0) -> None:
        """Pause after a request that did not reach the farm or failed in it.

        Raises `problem` when `connect_s` has passed before the job was accepted, and
        `DeadlinePassed` if the pause would exceed the deadline.
        """
        now = self._around.clock()
        self._away_since = now if self._away_since is None else self._away_since
        if self._connect_s is not None and now - self._away_since >= self._connect_s:
            raise problem
        self._wait(problem.detail, at_least_s=at_least_s, is_trouble=True)

    def pause(self, reason: str, *, at_least_s: float = 0.0) -> None:
        """Pause because the farm is not ready. Raises `DeadlinePassed`."""
        self._away_since = None
        self._wait(reason, at_least_s=at_least_s, is_trouble=True)

    def not_yet(self, reason: str) -> None:
        """Pause because the job has not ended, which is not a failure. Raises `DeadlinePassed`."""
        self._wait(reason)

    def _wait(self, reason: str, *, at_least_s: float = 0.0, is_trouble: bool = False) -> None:
        pause_s = self._pause_s(at_least_s)
        if pause_s >= self.left_s():
            raise DeadlinePassed(f"deadline exceeded: {reason}")
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
        """Return the next pause: exponential backoff with jitter.

        The jitter adds up to a quarter to `Retry-After`, so that clients do not return together.
        """
        grown_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._pauses, 10))
        chance = self._around.chance()
        later_s = min(at_least_s * chance / 4, max(0.0, (self.left_s() - at_least_s) / 2))
        return max(at_least_s + later_s, grown_s * (0.5 + chance / 2))
