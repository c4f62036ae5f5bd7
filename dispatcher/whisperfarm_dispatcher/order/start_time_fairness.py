"""Start-time fair queueing: shares of work among flows, whatever the sizes of their jobs.

Goyal, Vin, Cheng, "Start-time fair queueing: a scheduling algorithm for integrated services packet
switching networks" (SIGCOMM 1996), and, with levels, "A hierarchical CPU scheduler for multimedia
operating systems" (OSDI 1996).
"""

from collections.abc import Callable, Collection, Hashable
from typing import Generic, TypeVar

Flow = TypeVar("Flow", bound=Hashable)


class StartTimeFairness(Generic[Flow]):
    """The virtual start times of flows.

    The flow with the lowest start time is next; the virtual time becomes that start time, and the
    flow's own one advances by its work, divided by its share. A flow that was empty begins at the
    virtual time, so it saves up nothing, and one whose job was large pays for it afterwards.
    """

    def __init__(self, share: Callable[[Flow], float]) -> None:
        self._share = share
        self._virtual_time = 0.0
        self._starts: dict[Flow, float] = {}
        self._waiting: frozenset[Flow] = frozenset()

    def set_waiting(self, flows: Collection[Flow]) -> None:
        """Set the flows that have jobs. Call it before `start`, whenever they change."""
        for flow in set(flows) - self._waiting:
            self._starts[flow] = max(self._starts.get(flow, 0.0), self._virtual_time)
        self._waiting = frozenset(flows)
        self._forget_idle()

    def start(self, flow: Flow) -> float:
        """Return the virtual start time of a waiting flow's next job."""
        return self._starts[flow]

    def charge(self, flow: Flow, work_s: float) -> None:
        """Record that a job of the flow starts."""
        self._virtual_time = max(self._virtual_time, self._starts[flow])
        self._starts[flow] += work_s / self._share(flow)

    def _forget_idle(self) -> None:
        """Drop flows without jobs that owe nothing, so that not all tenants ever seen stay."""
        self._starts = {
            flow: start
            for flow, start in self._starts.items()
            if flow in self._waiting or start > self._virtual_time
        }
