"""Recovers stuck jobs: past their deadline, lease expired, or dispatched but never claimed."""

import threading
from collections.abc import Iterable, Mapping

import structlog

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Ledger, WorkerSign

log = structlog.get_logger()


class Rescue:
    """Rescue of stuck jobs. `work` is set when there are jobs to dispatch again."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        rerelease_after_s: float,
        seen_within_s: float,
        max_kills: int,
        work: threading.Event,
    ) -> None:
        self._ledger = ledger
        self._seen_within_s = seen_within_s
        self._max_kills = max_kills
        self._rerelease_after_s = rerelease_after_s
        self._work = work

    def run_once(self) -> bool:
        """Recover some stuck jobs. Returns whether any was found, since there may be more."""
        workers = self._ledger.live_workers(within_s=self._seen_within_s)
        moved = self._ledger.rescue(
            rerelease_after_s=self._rerelease_after_s,
            idle=idle_presets(workers, self._ledger.at_work()),
            max_kills=self._max_kills,
        )
        for job in moved:
            _log(job)
        if any(job.state is State.QUEUED for job in moved):
            self._work.set()
        return bool(moved)


def idle_presets(workers: Iterable[WorkerSign], at_work: Mapping[str, int]) -> set[str]:
    """Return the presets of ready workers that could run more jobs than they do."""
    return {
        preset
        for worker in workers
        if worker.ready and at_work.get(worker.name, 0) < worker.concurrency
        for preset in worker.presets
    }


def _log(job: Job) -> None:
    reason = None if job.problem is None else job.problem.get("name")
    log.warning(
        "job.rescued", job=job.id, state=job.state.value, attempt=job.attempt, reason=reason
    )
