"""Runs a day in an order, on slots that run each job for its work."""

import heapq
from collections import deque
from dataclasses import dataclass, field
from math import inf

from bench.order.day import Arrival
from bench.order.orders import SLOTS, Choose
from whisperfarm_dispatcher.order.queued_job import QueuedJob
from whisperfarm_dispatcher.order.slots import InFlight


@dataclass(frozen=True, slots=True)
class Ran:
    """A job that has run: when it was accepted and when it started."""

    job: QueuedJob
    accepted_s: float
    started_s: float

    @property
    def waited_s(self) -> float:
        return self.started_s - self.accepted_s

    @property
    def ended_s(self) -> float:
        return self.started_s + self.job.work_s


@dataclass(slots=True)
class Farm:
    """Jobs that wait, are in the broker, or run. `running` is a heap by end."""

    waiting: dict[str, Arrival] = field(default_factory=dict)
    broker: deque[Arrival] = field(default_factory=deque)
    running: list[tuple[float, str, Ran]] = field(default_factory=list)

    def in_flight(self, now_s: float) -> list[InFlight]:
        """Return the jobs that run, and those in the broker."""
        return [
            *(
                InFlight(lane=ran.job.lane, work_s=ran.job.work_s, running_s=now_s - ran.started_s)
                for _, _, ran in self.running
            ),
            *(InFlight(lane=one.job.lane, work_s=one.job.work_s) for one in self.broker),
        ]

    def claim(self, now_s: float) -> list[Ran]:
        """Start the jobs in the broker for which there are slots."""
        started = []
        while self.broker and len(self.running) < SLOTS:
            one = self.broker.popleft()
            ran = Ran(one.job, one.at_s, now_s)
            heapq.heappush(self.running, (ran.ended_s, ran.job.id, ran))
            started.append(ran)
        return started


def simulate(arrivals: list[Arrival], choose: Choose) -> list[Ran]:
    """Return what ran. The order is asked at each arrival and at each end of a job."""
    farm, coming, done = Farm(), deque(arrivals), list[Ran]()
    while coming or farm.running:
        ends_s = farm.running[0][0] if farm.running else inf
        if coming and coming[0].at_s <= ends_s:
            one = coming.popleft()
            now_s = one.at_s
            farm.waiting[one.job.id] = one
        else:
            now_s = heapq.heappop(farm.running)[0]
            done += farm.claim(now_s)
        jobs = [one.job for one in farm.waiting.values()]
        for job in choose(jobs, farm.in_flight(now_s), now_s):
            farm.broker.append(farm.waiting.pop(job.id))
        done += farm.claim(now_s)
    return done
