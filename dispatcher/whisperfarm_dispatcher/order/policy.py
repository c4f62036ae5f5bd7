"""Decides which queued jobs of one preset are dispatched now, and in which order."""

from collections.abc import Sequence

from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S, Objectives
from whisperfarm_dispatcher.order.fair_order import FairOrder
from whisperfarm_dispatcher.order.queued_job import QueuedJob, with_urgency
from whisperfarm_dispatcher.order.reserve import Reserve
from whisperfarm_dispatcher.order.slots import InFlight, Slots


class DispatchPolicy:
    """The policy of one preset. It remembers what it chose: the shares and the demand of lanes."""

    def __init__(self, objectives: Objectives = DEFAULT_OBJECTIVES_S) -> None:
        self._objectives = objectives
        self._order = FairOrder()
        self._reserve = Reserve()

    def choose(
        self,
        waiting: Sequence[QueuedJob],
        in_flight: Sequence[InFlight],
        *,
        slots: int,
        now_s: float,
    ) -> list[QueuedJob]:
        """Return the jobs to dispatch, in order.

        `waiting` has the oldest jobs of each tenant in each lane, oldest first. `slots` is the
        number of jobs that the workers run at once.
        """
        self._reserve.see({one.lane for one in waiting}, now_s)
        self._reserve.see({one.lane for one in in_flight}, now_s)
        reserve = self._reserve.slots(slots, now_s)
        free = Slots(slots, in_flight, objectives=self._objectives, reserve=reserve)

        def admit(job: QueuedJob) -> bool:
            if admitted := free.admits(job):
                free.add(job)
            return admitted

        chosen = self._order.take(with_urgency(list(waiting), now_s), admit)
        self._reserve.record(chosen, now_s)
        return chosen
