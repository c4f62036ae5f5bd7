"""Recovers stuck jobs: past their deadline, lease expired, or dispatched but never claimed."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import JobState
from whisperfarm_store import events
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat


class Rescue:
    """Rescue of stuck jobs. `jobs_available` is set when there are jobs to dispatch again.

    After an outage of the ledger, leases that expired during it are left alone for `lease_grace_s`
    seconds: their workers could not renew them, and live ones do it within seconds. A dispatcher
    that has just started does not know whether there was an outage, and assumes one.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        redispatch_after_s: float,
        live_within_s: float,
        max_worker_deaths: int,
        lease_grace_s: float,
        lease_s: float,
        jobs_available: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._live_within_s = live_within_s
        self._max_worker_deaths = max_worker_deaths
        self._redispatch_after_s = redispatch_after_s
        self._lease_grace_s = lease_grace_s
        self._lease_s = lease_s
        self._jobs_available = jobs_available
        self._clock = clock
        self._outage_at = clock()

    def run_once(self) -> bool:
        """Recover some stuck jobs. Returns whether any was found, since there may be more."""
        try:
            rescued = self._rescue()
        except FarmUnavailable:
            self._outage_at = self._clock()
            raise
        for job in rescued:
            _log(job)
        if any(job.state is JobState.QUEUED for job in rescued):
            self._jobs_available.set()
        return bool(rescued)

    def _rescue(self) -> list[Job]:
        workers = self._ledger.workers.list_live(within_s=self._live_within_s)
        return self._ledger.dispatch.rescue(
            redispatch_after_s=self._redispatch_after_s,
            idle=idle_presets(workers, self._ledger.workers.running_counts()),
            max_worker_deaths=self._max_worker_deaths,
            spare_leases=self._clock() - self._outage_at < self._lease_grace_s,
            lease_s=self._lease_s,
        )


def idle_presets(workers: Iterable[WorkerHeartbeat], running: Mapping[str, int]) -> set[str]:
    """Return the presets of ready workers that could run more jobs than they do."""
    return {
        preset
        for worker in workers
        if worker.ready and running.get(worker.name, 0) < worker.concurrency
        for preset in worker.presets
    }


def _log(job: Job) -> None:
    problem = None if job.problem is None else job.problem.get("name")
    events.job.rescued.log(job=job.id, state=job.state.value, attempt=job.attempt, problem=problem)
