"""Takes jobs from the lanes in the order that `whisperfarm_contract.lanes` defines."""

from collections import deque
from collections.abc import Iterable

from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import SHARES, Lane


class LaneOrder:
    """The order of one preset's jobs, across calls.

    Each job has a virtual finish time: that of the job before it in its lane, or the virtual time
    at which it found its lane empty, plus the inverse of its lane's share. The job with the lowest
    one is next, and advances the virtual time to it.
    """

    def __init__(self) -> None:
        self._virtual_time = 0.0
        self._next_finish: dict[Lane, float] = {}

    def take(self, waiting: Iterable[Job], count: int) -> list[Job]:
        """Return up to `count` of the jobs, in order.

        `waiting` has at least the `count` oldest jobs of each lane, oldest first.
        """
        queues = _queues(waiting)
        self._next_finish = {
            lane: self._next_finish.get(lane, self._finish_of_first(lane)) for lane in queues
        }
        taken: list[Job] = []
        while queues and len(taken) < count:
            taken.append(self._take_next(queues))
        return taken

    def _take_next(self, queues: dict[Lane, deque[Job]]) -> Job:
        lane = min(queues, key=lambda one: (self._next_finish[one], one.rank))
        job = queues[lane].popleft()
        self._virtual_time = self._next_finish.pop(lane)
        if queues[lane]:
            self._next_finish[lane] = self._finish_of_first(lane)
        else:
            del queues[lane]
        return job

    def _finish_of_first(self, lane: Lane) -> float:
        return self._virtual_time + 1 / SHARES[lane]


def _queues(waiting: Iterable[Job]) -> dict[Lane, deque[Job]]:
    queues: dict[Lane, deque[Job]] = {}
    for job in waiting:
        queues.setdefault(Lane(job.policy.lane), deque()).append(job)
    return queues
