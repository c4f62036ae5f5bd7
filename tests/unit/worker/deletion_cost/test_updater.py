"""The updater sets the deletion cost in its own thread, without delaying jobs."""

import threading
from dataclasses import dataclass, field
from itertools import pairwise

from structlog.testing import capture_logs

from tests.servers.kubernetes import Cluster
from whisperfarm_store.periodic import PeriodicTask
from whisperfarm_worker.deletion_cost.api_server import ApiServer, PatchFailed
from whisperfarm_worker.deletion_cost.pod import own_pod
from whisperfarm_worker.deletion_cost.policy import BUSY, IDLE
from whisperfarm_worker.deletion_cost.updater import DeletionCost


@dataclass
class Worker:
    """A worker with a given number of jobs, at a time that the test sets."""

    jobs: int = 0
    now: float = 1000.0
    away: bool = False
    last_sent: list[int] = field(default_factory=list)
    tried: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cost = DeletionCost(
            job_count=lambda: self.jobs, patch=self.patch, clock=lambda: self.now
        )

    def patch(self, cost: int) -> None:
        self.tried.append(self.now)
        if self.away:
            raise PatchFailed("away")
        self.last_sent.append(cost)

    def passes(self, seconds: float, *, jobs: int) -> None:
        """Let this much time pass with `jobs` running jobs."""
        self.jobs = jobs
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            self.cost.update()


def test_many_jobs_need_two_patches() -> None:
    worker = Worker()
    worker.passes(60, jobs=0)
    for _ in range(100):
        worker.passes(5, jobs=3)
        worker.passes(5, jobs=0)
    worker.passes(60, jobs=0)
    assert worker.last_sent == [IDLE, BUSY, IDLE]


def test_unreachable_api_server_is_logged_once_with_backoff() -> None:
    worker = Worker(away=True)
    with capture_logs() as logs:
        worker.passes(3600, jobs=1)
        assert 10 <= len(worker.tried) <= 25
        pauses = [after - before for before, after in pairwise(worker.tried)]
        assert max(pauses) <= 301
        assert pauses[-1] >= 300
        worker.away = False
        worker.passes(301, jobs=1)
        assert worker.last_sent == [BUSY]
        worker.passes(60, jobs=0)
    assert [(one["log_level"], one["event"]) for one in logs] == [
        ("warning", "deletion_cost.update_failed"),
        ("info", "deletion_cost.recovered"),
    ]


def test_success_resets_the_backoff() -> None:
    worker = Worker(away=True)
    worker.passes(3600, jobs=1)
    worker.away = False
    worker.passes(301, jobs=1)
    worker.away = True
    worker.passes(12, jobs=0)
    worker.away = False
    worker.passes(10, jobs=0)
    assert worker.last_sent == [BUSY, IDLE]


def test_lost_response_does_not_keep_a_high_cost() -> None:
    """The server may have applied the update, so the next cost is sent in any case."""
    worker = Worker()
    worker.passes(1, jobs=0)
    worker.away = True
    worker.passes(1, jobs=1)
    worker.away = False
    worker.jobs, worker.now = 0, worker.now + 100
    worker.cost.update()
    assert worker.last_sent == [IDLE, IDLE]


def test_hanging_api_server_delays_neither_jobs_nor_exit(cluster: Cluster) -> None:
    pod = own_pod(cluster.environ, folder=cluster.service_account)
    cost = DeletionCost(job_count=lambda: 1, patch=ApiServer(pod).patch)
    task = PeriodicTask("deletion cost", cost.update, interval_s=0.01, stop_timeout_s=0)
    with cluster.held():
        task.start()
        cluster.until(lambda: cluster.asked)
        task.stop()
        [hanging] = [one for one in threading.enumerate() if one.name == "deletion cost"]
        assert hanging.daemon
        assert hanging.is_alive()
    hanging.join(10)
    assert not hanging.is_alive()
