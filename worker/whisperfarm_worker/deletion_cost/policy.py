"""What a worker's pod is to cost, from what the worker has in hand and when it last had something.

A ReplicaSet that gets smaller takes the pods that cost least. Only the order counts, and a pod
without a word of its own costs 0.
"""

from dataclasses import dataclass, replace
from math import inf

IDLE = 0
AT_WORK = 100

LOOK_S = 0.5
"""How often the jobs in hand are looked at."""

IDLE_AFTER_S = 10.0
"""Between two jobs a worker stays dear for so long: each change is a write to the cluster's store,
of which there shall be few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand.

    `told` is what the pod costs as far as that is certain; `worked_at` when there last was a job.
    The process may be the pod's second one, so at the beginning nothing is certain.
    """

    told: int | None = None
    worked_at: float = -inf

    def seen(self, *, in_hand: int, now: float) -> "Standing":
        """After a look at the jobs in hand."""
        return replace(self, worked_at=now) if in_hand else self

    def wanted(self, *, now: float, idle_after_s: float) -> int:
        """What the pod should cost."""
        return AT_WORK if now - self.worked_at < idle_after_s else IDLE

    def due(self, *, now: float, idle_after_s: float) -> int | None:
        """What is to be told, if anything is."""
        wanted = self.wanted(now=now, idle_after_s=idle_after_s)
        return None if wanted == self.told else wanted
