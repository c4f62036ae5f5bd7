"""The slots of the workers: when one becomes free, and which of them long jobs may hold."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whisperfarm_contract.lanes import Lane, Objectives
from whisperfarm_dispatcher.order.queued_job import QueuedJob

MIN_IN_QUEUE = 16
"""Jobs of a preset that are dispatched even without a live worker."""

QUEUED_PER_SLOT = 2
"""Dispatched jobs per job that the live workers can run at once."""

MAX_AHEAD_S = 5.0
"""The broker holds only jobs that are expected to start within this time. It is first in, first
out, so a live job waits for those before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """A job that is dispatched or running. `running_s` is `None` until a worker claims it."""

    lane: Lane
    work_s: float
    running_s: float | None = None


class Slots:
    """The slots of the workers of one preset, and the jobs in them and in the broker.

    A job is long for a higher lane if it is expected to hold its slot for longer than that lane's
    objective. Long jobs leave the `reserve` of each higher lane free; one slot is always theirs.
    """

    def __init__(
        self,
        count: int,
        in_flight: Iterable[InFlight],
        *,
        objectives: Objectives,
        reserve: Mapping[Lane, int],
    ) -> None:
        self._count = count
        self._objectives = objectives
        self._reserve = reserve
        self._held: list[InFlight] = list(in_flight)
        self._unclaimed = sum(one.running_s is None for one in self._held)
        self._free_in_s = _free_in_s(count, self._held)

    def admits(self, job: QueuedJob) -> bool:
        """Return whether the job may be dispatched now."""
        return self._has_room() and all(
            self._leaves_reserve(job, lane) for lane in self._reserve if lane.rank < job.lane.rank
        )

    def add(self, job: QueuedJob) -> None:
        """Count the job as dispatched."""
        self._held.append(InFlight(lane=job.lane, work_s=job.work_s))
        self._unclaimed += 1
        if self._free_in_s:
            heapq.heapreplace(self._free_in_s, self._free_in_s[0] + job.work_s)

    def _has_room(self) -> bool:
        if self._unclaimed >= max_in_queue(self._count):
            return False
        return not self._free_in_s or self._free_in_s[0] <= MAX_AHEAD_S

    def _leaves_reserve(self, job: QueuedJob, lane: Lane) -> bool:
        if not self._count or job.work_s <= self._objectives[lane]:
            return True
        reserved = sum(slots for one, slots in self._reserve.items() if one.rank <= lane.rank)
        return self._long_for(lane) < max(1, self._count - reserved)

    def _long_for(self, lane: Lane) -> int:
        limit_s = self._objectives[lane]
        return sum(one.lane.rank > lane.rank and one.work_s > limit_s for one in self._held)


def max_in_queue(slots: int) -> int:
    """Return the most jobs of a preset that the broker should hold."""
    return max(MIN_IN_QUEUE, QUEUED_PER_SLOT * slots)


def _free_in_s(count: int, held: Iterable[InFlight]) -> list[float]:
    """Return the seconds until each slot is free, as a heap: the broker is first in, first out."""
    running = [max(0.0, one.work_s - one.running_s) for one in held if one.running_s is not None]
    free_in_s = sorted(running, reverse=True)[:count]
    free_in_s += [0.0] * (count - len(free_in_s))
    heapq.heapify(free_in_s)
    for one in held:
        if one.running_s is None and free_in_s:
            heapq.heapreplace(free_in_s, free_in_s[0] + one.work_s)
    return free_in_s
