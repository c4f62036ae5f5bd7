"""Computes the deletion cost of a worker's pod from the time at which it last had jobs.

A ReplicaSet that scales down removes the pods with the lowest cost first. Only the order of costs
counts; a pod without the annotation has cost 0.
"""

from dataclasses import dataclass, replace
from math import inf

IDLE = 0
BUSY = 100

POLL_S = 0.5
"""Interval at which the worker's jobs are counted."""

IDLE_AFTER_S = 10.0
"""A worker keeps its high pod deletion cost for this many seconds after its last job, because each
change is a write to the cluster's store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostState:
    """What is known about the pod's cost.

    `last_sent` is the pod's cost, or `None` if it is uncertain, as at start: an earlier process in
    the pod may have set it. `last_busy_at` is the time at which the worker last had a job.
    """

    last_sent: int | None = None
    last_busy_at: float = -inf

    def observe(self, *, job_count: int, now: float) -> "CostState":
        """Return the state after the worker's jobs were counted."""
        return replace(self, last_busy_at=now) if job_count else self

    def desired(self, *, now: float, idle_after_s: float) -> int:
        """Return the cost that the pod should have."""
        return BUSY if now - self.last_busy_at < idle_after_s else IDLE

    def pending_change(self, *, now: float, idle_after_s: float) -> int | None:
        """Return the cost to set, or `None` if the pod has it already."""
        desired = self.desired(now=now, idle_after_s=idle_after_s)
        return None if desired == self.last_sent else desired
