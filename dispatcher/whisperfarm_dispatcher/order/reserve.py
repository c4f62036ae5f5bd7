"""How many slots each lane has for itself against long jobs of lower lanes."""

from collections.abc import Iterable, Mapping
from math import ceil, exp

from whisperfarm_contract.lanes import Lane
from whisperfarm_dispatcher.order.queued_job import QueuedJob

ACTIVE_FOR_S = 3600.0
"""A lane keeps its reserve for this time after its last job. Longer pauses, such as a night without
calls, leave all slots to the other lanes."""

AVERAGED_OVER_S = 1800.0
"""Time constant of the average demand of a lane."""

HEADROOM = 1.25
"""The reserve of a lane, as a multiple of the slots that it used on average."""

MIN_RESERVE = 0.125
"""The smallest reserve, as a part of all slots; at least one slot."""


class Reserve:
    """The demand of each lane: how many slots its jobs use, as an average of the recent past."""

    def __init__(self) -> None:
        self._seen_at: dict[Lane, float] = {}
        self._demand = dict.fromkeys(Lane, 0.0)
        self._at_s = 0.0

    def see(self, lanes: Iterable[Lane], now_s: float) -> None:
        """Record which lanes have jobs."""
        self._seen_at.update(dict.fromkeys(lanes, now_s))

    def record(self, jobs: Iterable[QueuedJob], now_s: float) -> None:
        """Record the jobs that are dispatched."""
        decay = exp(-max(0.0, now_s - self._at_s) / AVERAGED_OVER_S)
        self._demand = {lane: slots * decay for lane, slots in self._demand.items()}
        self._at_s = now_s
        for job in jobs:
            self._demand[job.lane] += job.work_s / AVERAGED_OVER_S

    def slots(self, count: int, now_s: float) -> Mapping[Lane, int]:
        """Return the reserve of each lane that is active, of `count` slots in all."""
        least = max(1, int(count * MIN_RESERVE))
        return {
            lane: max(least, ceil(HEADROOM * self._demand[lane]))
            for lane, at_s in self._seen_at.items()
            if now_s - at_s <= ACTIVE_FOR_S
        }
