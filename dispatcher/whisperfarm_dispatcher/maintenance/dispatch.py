"""Dispatches queued jobs to the broker in a fair order, and only those that workers soon claim.

The backlog stays in the ledger, where jobs can be ordered, counted and cancelled.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S, Objectives
from whisperfarm_dispatcher.maintenance.job_speed import JobSpeed
from whisperfarm_dispatcher.order.policy import DispatchPolicy
from whisperfarm_dispatcher.order.queued_job import URGENT_SLACK_S, QueuedJob
from whisperfarm_dispatcher.order.slots import InFlight, max_in_queue
from whisperfarm_dispatcher.submission.lane_limits import NO_LIMITS, LaneLimits, highest_lane
from whisperfarm_store import events
from whisperfarm_store.ledger import AvailableJob, InFlightJob, Ledger, WorkerHeartbeat

MAX_URGENT_AUDIO_S = 4 * 3600.0
"""A longer recording starts for its deadline as if it had this length."""


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
        self,
        ledger: Ledger,
        publisher: Publisher,
        *,
        presets: Iterable[str],
        live_within_s: float,
        objectives: Objectives = DEFAULT_OBJECTIVES_S,
        lane_limits: LaneLimits = NO_LIMITS,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._policies = {preset: DispatchPolicy(objectives) for preset in presets}
        self._live_within_s = live_within_s
        self._lane_limits = lane_limits
        self._now_s = now_s
        self._speed = JobSpeed(ledger)

    def run_once(self) -> bool:
        """Dispatch jobs up to the limit of each preset. Returns False: claims allow more."""
        workers = self._ledger.workers.list_live(within_s=self._live_within_s)
        active = [worker for worker in workers if not worker.draining]
        in_flight = self._ledger.dispatch.list_in_flight()
        for preset, policy in self._policies.items():
            serving = [worker for worker in active if preset in worker.presets]
            self._dispatch(preset, policy, serving, _concerning(in_flight, preset, serving))
        return False

    def _dispatch(
        self,
        preset: str,
        policy: DispatchPolicy,
        workers: Sequence[WorkerHeartbeat],
        in_flight: Sequence[InFlightJob],
    ) -> None:
        slots = sum(worker.concurrency for worker in workers)
        capacity = max_in_queue(slots) - sum(one.running_s is None for one in in_flight)
        jobs = self._waiting(preset, capacity) if capacity > 0 else {}
        if jobs:
            chosen = policy.choose(
                [self._queued_job(job) for job in jobs.values()],
                [self._in_flight(one) for one in in_flight],
                slots=slots,
                now_s=self._now_s(),
            )
            if chosen:
                self._publish([jobs[one.id] for one in chosen])

    def _waiting(self, preset: str, limit: int) -> dict[str, AvailableJob]:
        """Return the jobs to choose from by id: the oldest of all tenants, and urgent ones."""
        dispatch = self._ledger.dispatch
        horizon_s = URGENT_SLACK_S + self._speed.work_s(preset, MAX_URGENT_AUDIO_S)
        urgent = dispatch.list_urgent(limit, preset=preset, within_s=horizon_s)
        oldest = dispatch.list_available(limit, preset=preset)
        return {job.id: job for job in [*oldest, *urgent]}

    def _queued_job(self, job: AvailableJob) -> QueuedJob:
        return QueuedJob(
            id=job.id,
            tenant=job.tenant,
            lane=job.lane,
            work_s=self._speed.work_s(job.preset, job.audio_s),
            deadline_at=job.deadline_at,
            highest=highest_lane(job.tenant, self._lane_limits),
        )

    def _in_flight(self, job: InFlightJob) -> InFlight:
        work_s = self._speed.work_s(job.preset, job.audio_s)
        return InFlight(lane=job.lane, work_s=work_s, running_s=job.running_s)

    def _publish(self, jobs: list[AvailableJob]) -> None:
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


def _concerning(
    in_flight: Iterable[InFlightJob], preset: str, workers: Iterable[WorkerHeartbeat]
) -> list[InFlightJob]:
    """Return the dispatched jobs of the preset, and all jobs that run on its workers."""
    names = {worker.name for worker in workers}
    return [
        one
        for one in in_flight
        if (one.preset == preset if one.running_s is None else one.worker in names)
    ]
