"""Giving accepted jobs to the broker: oldest first, and no more than the workers will soon take.

The backlog stays in the ledger, where it can be ordered, counted and cancelled.
"""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.ledger import Ledger, WorkerSign

LEAST_OUT = 16
"""Jobs of a preset that are given out even when no worker of it is known yet."""

OUT_PER_CALL = 2
"""Jobs given out for each call that the live workers can have in flight."""


class Publisher(Protocol):
    """Sends a job's id to the workers of a preset."""

    def publish(self, job_id: str, preset: str) -> None:
        """Returns once the broker has it. Raises `FarmUnavailable`."""


class Release:
    """One round gives out what there is room for, of each preset that this farm serves.

    Presets are counted apart: jobs that nobody does hold up only their own kind. Jobs are marked
    before they are published: so of several dispatchers one publishes a job, and one that is
    claimed and given back at once is not taken for published. A dispatcher that is killed in
    between leaves marks without messages, which the rescue takes for lost messages.
    """

    def __init__(
        self, ledger: Ledger, publisher: Publisher, *, presets: Iterable[str], seen_within_s: float
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._presets = tuple(presets)
        self._seen_within_s = seen_within_s

    def run_once(self) -> bool:
        """Give out what there is room for. Never more to do at once: room comes with claims."""
        workers = self._ledger.live_workers(within_s=self._seen_within_s)
        for preset in self._presets:
            room = most_out(workers, preset) - self._ledger.outstanding(preset=preset)
            jobs = self._ledger.releasable(room, preset=preset) if room > 0 else []
            if jobs:
                self._give_out(jobs)
        return False

    def _give_out(self, jobs: list[Job]) -> None:
        mine = self._ledger.released([job.id for job in jobs])
        to_give = deque(job for job in jobs if job.id in mine)
        try:
            while to_give:
                self._publisher.publish(to_give[0].id, to_give[0].preset)
                to_give.popleft()
        finally:
            kept = {job.id for job in to_give}
            if kept:
                self._ledger.withdrawn(sorted(kept))
            for job in jobs:
                if job.id in mine - kept:
                    events.job.dispatched.log(job=job.id, preset=job.preset)


def most_out(workers: Iterable[WorkerSign], preset: str) -> int:
    """How many jobs of a preset the broker should hold at most."""
    staying = (worker for worker in workers if not worker.draining)
    calls = sum(worker.concurrency for worker in staying if preset in worker.presets)
    return max(LEAST_OUT, OUT_PER_CALL * calls)
