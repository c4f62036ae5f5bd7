"""Computes the deletion cost of a worker's pod from the time at which it last had jobs.

A ReplicaSet that scales down removes the pods with the lowest cost first. Only the order of costs
counts; a pod without the annotation has cost 0.
"""

from dataclasses import dataclass, replace
from math import inf

IDLE = 0
AT_WORK = 100

LOOK_S = 0.5
"""Interval at which the worker's jobs are counted."""

IDLE_AFTER_S = 10.0
"""A worker keeps its high pod deletion cost for this many seconds after its last job, because each
change is a write to the cluster's store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known about the pod's cost.

    `told` is the pod's cost, or `None` if it is uncertain, as at start: an earlier process in the
    pod may have set it. `worked_at` is the time at which the worker last had a job.
    """

    told: int | None = None
    worked_at: float = -inf

    def seen(self, *, in_hand: int, now: float) -> "Standing":
        """Return the state after the worker's jobs were counted."""
        return replace(self, worked_at=now) if in_hand else self

    def wanted(self, *, now: float, idle_after_s: float) -> int:
        """Return the cost that the pod should have."""
        return AT_WORK if now - self.worked_at < idle_after_s else IDLE

    def due(self, *, now: float, idle_after_s: float) -> int | None:
        """Return the cost to set, or `None` if the pod has it already."""
        wanted = self.wanted(now=now, idle_after_s=idle_after_s)
        return None if wanted == self.told else wanted
