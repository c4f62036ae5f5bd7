"""Telling what the pod costs, behind the jobs' backs."""

import threading
from dataclasses import dataclass, field
from itertools import pairwise

from structlog.testing import capture_logs

from tests.servers.kubernetes import Cluster
from whisperfarm_store.periodic import PeriodicTask
from whisperfarm_worker.deletion_cost.api_server import ApiServer, NotTold
from whisperfarm_worker.deletion_cost.pod import own_pod
from whisperfarm_worker.deletion_cost.policy import AT_WORK, IDLE
from whisperfarm_worker.deletion_cost.updater import DeletionCost


@dataclass
class Worker:
    """A worker with so many jobs, at a time that the test says."""

    jobs: int = 0
    now: float = 1000.0
    away: bool = False
    told: list[int] = field(default_factory=list)
    tried: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cost = DeletionCost(in_hand=lambda: self.jobs, tell=self.tell, clock=lambda: self.now)

    def tell(self, cost: int) -> None:
        self.tried.append(self.now)
        if self.away:
            raise NotTold("away")
        self.told.append(cost)

    def passes(self, seconds: float, *, jobs: int) -> None:
        """Time passes with so many jobs in hand."""
        self.jobs = jobs
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            self.cost.tick()


def test_many_jobs_are_two_calls() -> None:
    worker = Worker()
    worker.passes(60, jobs=0)
    for _ in range(100):
        worker.passes(5, jobs=3)
        worker.passes(5, jobs=0)
    worker.passes(60, jobs=0)
    assert worker.told == [IDLE, AT_WORK, IDLE]


def test_an_api_server_that_is_away_is_said_once_and_asked_ever_more_seldom() -> None:
    worker = Worker(away=True)
    with capture_logs() as logs:
        worker.passes(3600, jobs=1)
        assert 10 <= len(worker.tried) <= 25
        pauses = [after - before for before, after in pairwise(worker.tried)]
        assert max(pauses) <= 301
        assert pauses[-1] >= 300
        worker.away = False
        worker.passes(301, jobs=1)
        assert worker.told == [AT_WORK]
        worker.passes(60, jobs=0)
    assert [(one["log_level"], one["event"]) for one in logs] == [
        ("warning", "deletion_cost.update_failed"),
        ("info", "deletion_cost.recovered"),
    ]


def test_after_a_success_patience_is_new() -> None:
    worker = Worker(away=True)
    worker.passes(3600, jobs=1)
    worker.away = False
    worker.passes(301, jobs=1)
    worker.away = True
    worker.passes(12, jobs=0)
    worker.away = False
    worker.passes(10, jobs=0)
    assert worker.told == [AT_WORK, IDLE]


def test_an_answer_that_was_lost_leaves_no_idle_worker_dear() -> None:
    """It was taken, but nobody heard: the next cost is told although it is the last known one."""
    worker = Worker()
    worker.passes(1, jobs=0)
    worker.away = True
    worker.passes(1, jobs=1)
    worker.away = False
    worker.jobs, worker.now = 0, worker.now + 100
    worker.cost.tick()
    assert worker.told == [IDLE, IDLE]


def test_an_api_server_that_hangs_holds_up_neither_jobs_nor_the_end(cluster: Cluster) -> None:
    pod = own_pod(cluster.environ, folder=cluster.service_account)
    cost = DeletionCost(in_hand=lambda: 1, tell=ApiServer(pod).tell)
    task = PeriodicTask("deletion cost", cost.tick, interval_s=0.01, stop_timeout_s=0)
    with cluster.held():
        task.start()
        cluster.until(lambda: cluster.asked)
        task.stop()
        [hanging] = [one for one in threading.enumerate() if one.name == "deletion cost"]
        assert hanging.daemon
        assert hanging.is_alive()
    hanging.join(10)
    assert not hanging.is_alive()
