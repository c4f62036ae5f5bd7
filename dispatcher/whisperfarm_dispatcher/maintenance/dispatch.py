"""Dispatches queued jobs to the broker by lane and age, and only as many as workers soon claim.

The backlog stays in the ledger, where jobs can be ordered, counted and cancelled.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.maintenance.lane_order import LaneOrder
from whisperfarm_store import events
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat

MIN_IN_QUEUE = 16
"""Jobs of a preset that are dispatched even without a live worker."""

QUEUED_PER_SLOT = 2
"""Dispatched jobs per job that the live workers can run at once."""


class Publisher(Protocol):
    """Publisher of job ids to the workers of a preset."""

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        """Publish the ids. Returns once the broker has them. Raises `FarmUnavailable`."""


class Dispatch:
    """Dispatch of the jobs of the farm's presets.

    Presets are counted separately, so that jobs without a worker hold up only their own preset.
    A job is marked in the ledger before it is published. So only one of several dispatchers
    publishes it, and a job that is claimed and requeued at once is not marked after that. If a
    dispatcher dies between the two, the job has a mark and no message; rescue dispatches it again.
    Each of several dispatchers keeps the shares of the lanes among the jobs that it dispatches.
    """

    def __init__(
        self, ledger: Ledger, publisher: Publisher, *, presets: Iterable[str], live_within_s: float
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._orders = {preset: LaneOrder() for preset in presets}
        self._live_within_s = live_within_s

    def run_once(self) -> bool:
        """Dispatch jobs up to the limit of each preset. Returns False: claims allow more."""
        dispatch = self._ledger.dispatch
        workers = self._ledger.workers.list_live(within_s=self._live_within_s)
        for preset, order in self._orders.items():
            capacity = max_in_queue(workers, preset) - dispatch.count_unclaimed(preset=preset)
            jobs = dispatch.list_available(capacity, preset=preset) if capacity > 0 else []
            if jobs:
                self._publish(order.take(jobs, capacity))
        return False

    def _publish(self, jobs: list[Job]) -> None:
        """Publish jobs of one preset. If that fails, the broker may have some of them: they are
        published again, and a worker claims each job only once."""
        marked = self._ledger.dispatch.mark([job.id for job in jobs])
        chosen = [job for job in jobs if job.id in marked]
        if not chosen:
            return
        try:
            self._publisher.publish([job.id for job in chosen], chosen[0].preset)
        except BaseException:
            self._ledger.dispatch.unmark([job.id for job in chosen])
            raise
        for job in chosen:
            events.job.dispatched.log(job=job.id, preset=job.preset)


def max_in_queue(workers: Iterable[WorkerHeartbeat], preset: str) -> int:
    """Return the most jobs of a preset that the broker should hold."""
    active = (worker for worker in workers if not worker.draining)
    slots = sum(worker.concurrency for worker in active if preset in worker.presets)
    return max(MIN_IN_QUEUE, QUEUED_PER_SLOT * slots)
