"""Takes jobs from lanes by their shares, and within a lane from tenants in equal shares."""

from collections import deque
from collections.abc import Callable, Iterable

from whisperfarm_contract.lanes import SHARES, Lane
from whisperfarm_dispatcher.order.queued_job import QueuedJob
from whisperfarm_dispatcher.order.start_time_fairness import StartTimeFairness

Admit = Callable[[QueuedJob], bool]
_Queues = dict[Lane, dict[str, deque[QueuedJob]]]


class FairOrder:
    """The order of one preset's jobs, across calls."""

    def __init__(self) -> None:
        self._lanes = StartTimeFairness[Lane](SHARES.__getitem__)
        self._tenants = {lane: StartTimeFairness[str](lambda _: 1.0) for lane in Lane}

    def take(self, waiting: Iterable[QueuedJob], admit: Admit) -> list[QueuedJob]:
        """Return the jobs that start, in order. `waiting` are the first of each tenant and lane.

        `admit` is asked for the first job of a tenant in a lane. If it declines, that job stays
        first, and the next tenant or lane is asked. It ends when all are declined.
        """
        queues = _queues(waiting)
        self._set_waiting(queues)
        taken: list[QueuedJob] = []
        while (job := self._next(queues, admit)) is not None:
            taken.append(job)
            self._remove(job, queues)
        self._set_waiting(queues)
        return taken

    def _set_waiting(self, queues: _Queues) -> None:
        self._lanes.set_waiting(queues)
        for lane, tenants in self._tenants.items():
            tenants.set_waiting(queues.get(lane, ()))

    def _next(self, queues: _Queues, admit: Admit) -> QueuedJob | None:
        return next((job for job in self._heads(queues) if admit(job)), None)

    def _heads(self, queues: _Queues) -> Iterable[QueuedJob]:
        for lane in sorted(queues, key=lambda one: (self._lanes.start(one), one.rank)):
            tenants = self._tenants[lane]
            for tenant in sorted(queues[lane], key=lambda one: (tenants.start(one), one)):
                yield queues[lane][tenant][0]

    def _remove(self, job: QueuedJob, queues: _Queues) -> None:
        self._lanes.charge(job.lane, job.work_s)
        self._tenants[job.lane].charge(job.tenant, job.work_s)
        queues[job.lane][job.tenant].popleft()
        if not queues[job.lane][job.tenant]:
            del queues[job.lane][job.tenant]
        if not queues[job.lane]:
            del queues[job.lane]


def _queues(waiting: Iterable[QueuedJob]) -> _Queues:
    queues: _Queues = {}
    for job in waiting:
        queues.setdefault(job.lane, {}).setdefault(job.tenant, deque()).append(job)
    return queues
