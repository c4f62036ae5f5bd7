"""Decides when dispatch runs again, by how fast jobs were dispatched.

Dispatch refills the queues of the broker. While there is a backlog, it publishes as many jobs as
workers have claimed since its last run, so that its rate is theirs.
"""

import time
from collections.abc import Callable, Sequence

from whisperfarm_dispatcher.maintenance.dispatch import Publisher
from whisperfarm_dispatcher.order.slots import MIN_IN_QUEUE
from whisperfarm_store.periodic import NextRun

MIN_PAUSE_S = 0.02
"""Shortest time between two runs that no submission asks for."""

FULL_PAUSE_S = 0.05
"""Time after a run that a submission asked for and that published nothing: the queues are full, and
another submission does not change that."""


class DispatchPace:
    """Publisher that counts, and knows when the next run is due.

    A queue holds at least `MIN_IN_QUEUE` jobs if there is a backlog. The next run comes when half
    of that is claimed, at the latest after `interval_s` seconds.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publisher = publisher
        self._interval_s = interval_s
        self._clock = clock
        self._published = 0
        self._ran_at = clock()
        self._within_s = interval_s

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        """Publish and count the jobs."""
        self._publisher.publish(job_ids, preset)
        self._published += len(job_ids)

    def next_run(self) -> NextRun:
        """Return when to run again. Call it once after each run."""
        now = self._clock()
        took_s, self._ran_at = now - self._ran_at, now
        published, self._published = self._published, 0
        was_requested = took_s < self._within_s
        self._within_s = self._until_half_claimed_s(published, took_s)
        after_s = FULL_PAUSE_S if was_requested and not published else 0.0
        return NextRun(within_s=self._within_s, after_s=min(after_s, self._within_s))

    def _until_half_claimed_s(self, published: int, took_s: float) -> float:
        if not published:
            return self._interval_s
        half_claimed_s = took_s * MIN_IN_QUEUE / 2 / published
        return min(self._interval_s, max(MIN_PAUSE_S, half_claimed_s))
