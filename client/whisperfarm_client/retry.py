"""When the client retries a request and when it fails."""

import time
from collections.abc import Callable
from typing import NamedTuple

from whisperfarm_contract.problems import DeadlineExceeded, Problem

MIN_PAUSE_S = 0.2
MAX_PAUSE_S = 5.0

NOTIFY_AFTER_S = 5.0
"""Shorter failures are not reported: they occur whenever a dispatcher is replaced."""

Notify = Callable[[str], object]
"""Called once with the reason when requests have failed for `NOTIFY_AFTER_S`."""


def _random_fraction() -> float:
    import random  # which takes as long to import as this package's own modules for a request

    return random.random()  # noqa: S311


class Environment(NamedTuple):
    """Clock, sleep and random numbers, which tests replace."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    random_fraction: Callable[[], float] = _random_fraction


class Retrier:
    """The retries of one recording's requests: their pauses and their end.

    `has_given_up`: the farm could not be reached, or failed, until `connect_timeout_s` or the
    deadline ended the retries.

    Before the job is accepted, requests that do not reach the farm or fail in it are retried for
    `connect_timeout_s` seconds: the URL is probably wrong. Afterwards only the deadline ends the
    retries.
    """

    def __init__(
        self,
        *,
        deadline: float | None,
        connect_timeout_s: float,
        notify: Notify = lambda _: None,
        environment: Environment | None = None,
    ) -> None:
        """`deadline` is a time of the clock; `None` means no deadline."""
        self._environment = environment or Environment()
        self._deadline = deadline
        self._connect_timeout_s = connect_timeout_s
        self._notify: Notify | None = notify
        self._job_note = ""
        self._unreachable_since: float | None = None
        self._failing_since: float | None = None
        self._pauses = 0
        self.is_accepted = False
        self.has_given_up = False

    @classmethod
    def within(
        cls,
        timeout_s: float | None,
        *,
        connect_timeout_s: float,
        notify: Notify,
        environment: Environment | None = None,
    ) -> "Retrier":
        """Return a retrier whose deadline is `timeout_s` seconds from now; `None` means none."""
        environment = environment or Environment()
        return cls(
            deadline=None if timeout_s is None else environment.clock() + timeout_s,
            connect_timeout_s=connect_timeout_s,
            notify=notify,
            environment=environment,
        )

    def left_s(self) -> float:
        """Seconds until the deadline."""
        if self._deadline is None:
            return float("inf")
        return self._deadline - self._environment.clock()

    def check(self, reason: str) -> None:
        """Raise `DeadlineExceeded` if the deadline is exceeded; `reason` says what was going on."""
        if self.left_s() <= 0:
            raise self._deadline_exceeded(reason)

    def accepted(self, job_id: str) -> None:
        """Note that the farm has accepted the job: retry until the deadline from now on."""
        self.is_accepted = True
        self._job_note = f" (job {job_id})"

    def succeeded(self) -> None:
        """Note that a request succeeded: reset the pauses."""
        self._unreachable_since, self._failing_since, self._pauses = None, None, 0

    def failed(self, problem: Problem, *, at_least_s: float = 0.0) -> None:
        """Pause after a request that did not reach the farm or failed in it.

        Raises `problem` when `connect_timeout_s` has passed before the job was accepted, and
        `DeadlineExceeded` if the pause would exceed the deadline.
        """
        now = self._environment.clock()
        self._unreachable_since = (
            now if self._unreachable_since is None else self._unreachable_since
        )
        if not self.is_accepted and now - self._unreachable_since >= self._connect_timeout_s:
            self.has_given_up = True
            raise problem
        self._wait(problem.detail, at_least_s=at_least_s, is_failure=True)

    def pause(self, reason: str, *, at_least_s: float = 0.0) -> None:
        """Pause because the farm is not ready. Raises `DeadlineExceeded`."""
        self._unreachable_since = None
        self._wait(reason, at_least_s=at_least_s, is_failure=True)

    def snooze(self, reason: str) -> None:
        """Pause because the job has not ended, which is not a failure. Raises
        `DeadlineExceeded`."""
        self._wait(reason)

    def _wait(self, reason: str, *, at_least_s: float = 0.0, is_failure: bool = False) -> None:
        pause_s = self._pause_s(at_least_s)
        if pause_s >= self.left_s():
            raise self._deadline_exceeded(reason)
        if is_failure:
            self._notify_once(reason, pause_s)
        self._pauses += 1
        self._environment.sleep(pause_s)

    def _deadline_exceeded(self, reason: str) -> DeadlineExceeded:
        self.has_given_up = not self.is_accepted and self._unreachable_since is not None
        return DeadlineExceeded(f"deadline exceeded: {reason}")

    def _notify_once(self, reason: str, pause_s: float) -> None:
        now = self._environment.clock()
        if self._failing_since is None:
            self._failing_since = now
        failing_s = now + pause_s - self._failing_since
        if self._notify is not None and failing_s >= NOTIFY_AFTER_S:
            self._notify(reason + self._job_note)
            self._notify = None

    def _pause_s(self, at_least_s: float) -> float:
        """Return the next pause: exponential backoff with jitter.

        The jitter adds up to a quarter to `Retry-After`, so that clients do not return together.
        """
        backoff_s = min(MAX_PAUSE_S, MIN_PAUSE_S * 2.0 ** min(self._pauses, 10))
        random_fraction = self._environment.random_fraction()
        jitter_s = min(at_least_s * random_fraction / 4, max(0.0, (self.left_s() - at_least_s) / 2))
        return max(at_least_s + jitter_s, backoff_s * (0.5 + random_fraction / 2))
