"""Dispatches queued jobs to the broker, oldest first, and only as many as workers soon claim.

The backlog stays in the ledger, where jobs can be ordered, counted and cancelled.
"""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.ledger import Ledger, WorkerSign

LEAST_OUT = 16
"""Jobs of a preset that are dispatched even without a live worker."""

OUT_PER_CALL = 2
"""Dispatched jobs per job that the live workers can run at once."""


class Publisher(Protocol):
    """Publisher of job ids to the workers of a preset."""

    def publish(self, job_id: str, preset: str) -> None:
        """Publish the id. Returns once the broker has it. Raises `FarmUnavailable`."""


class Release:
    """Dispatch of the jobs of the farm's presets.

    Presets are counted separately, so that jobs without a worker hold up only their own preset.
    A job is marked in the ledger before it is published. So only one of several dispatchers
    publishes it, and a job that is claimed and requeued at once is not marked after that. If a
    dispatcher dies between the two, the job has a mark and no message; rescue dispatches it again.
    """

    def __init__(
        self, ledger: Ledger, publisher: Publisher, *, presets: Iterable[str], seen_within_s: float
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._presets = tuple(presets)
        self._seen_within_s = seen_within_s

    def run_once(self) -> bool:
        """Dispatch jobs up to the limit of each preset. Returns False: claims make further room."""
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
    """Return the most jobs of a preset that the broker should hold."""
    staying = (worker for worker in workers if not worker.draining)
    calls = sum(worker.concurrency for worker in staying if preset in worker.presets)
    return max(LEAST_OUT, OUT_PER_CALL * calls)
