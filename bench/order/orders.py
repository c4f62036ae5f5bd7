"""The orders that are compared."""

from collections import Counter
from collections.abc import Callable, Sequence

from whisperfarm_dispatcher.order.policy import DispatchPolicy
from whisperfarm_dispatcher.order.queued_job import QueuedJob
from whisperfarm_dispatcher.order.slots import InFlight, max_in_queue

SLOTS = 8
"""Jobs that run at once."""

Choose = Callable[[Sequence[QueuedJob], Sequence[InFlight], float], list[QueuedJob]]
"""Chooses which waiting jobs, oldest first, are dispatched, from those in flight and the time."""


def fair() -> Choose:
    """Return the policy of the dispatcher, which sees the oldest jobs of each tenant and lane."""
    policy = DispatchPolicy()

    def choose(
        waiting: Sequence[QueuedJob], in_flight: Sequence[InFlight], now_s: float
    ) -> list[QueuedJob]:
        oldest = _oldest(waiting, max_in_queue(SLOTS))
        return policy.choose(oldest, in_flight, slots=SLOTS, now_s=now_s)

    return choose


def first_in_first_out(
    waiting: Sequence[QueuedJob], in_flight: Sequence[InFlight], _: float
) -> list[QueuedJob]:
    """Choose the oldest jobs for free slots."""
    return list(waiting[: SLOTS - len(in_flight)])


def shortest_first(
    waiting: Sequence[QueuedJob], in_flight: Sequence[InFlight], _: float
) -> list[QueuedJob]:
    """Choose the shortest jobs for free slots."""
    return sorted(waiting, key=lambda job: job.work_s)[: SLOTS - len(in_flight)]


def _oldest(waiting: Sequence[QueuedJob], limit: int) -> list[QueuedJob]:
    counts = Counter[tuple[str, str]]()
    oldest = []
    for job in waiting:
        counts[job.lane, job.tenant] += 1
        if counts[job.lane, job.tenant] <= limit or job.deadline_at is not None:
            oldest.append(job)
    return oldest
