"""The speed of jobs is measured by preset."""

from whisperfarm_dispatcher.maintenance.job_speed import (
    DEFAULT_SPEED,
    JOB_OVERHEAD_S,
    MAX_AGE_S,
    JobSpeed,
    speeds,
)
from whisperfarm_store.ledger import Throughput, Workload


def finished(preset: str, audio_s: float, busy_s: float, tenant: str = "acme") -> Throughput:
    load = Workload(jobs=1, audio_s=audio_s)
    return Throughput(tenant=tenant, preset=preset, load=load, window_s=300.0, busy_s=busy_s)


class Finished:
    """A ledger with given figures."""

    def __init__(self) -> None:
        self.backlog = self
        self.asked = 0
        self.finished: list[Throughput] = []

    def throughput(self, *, within_s: float) -> list[Throughput]:
        self.asked += 1
        return self.finished


def test_speed_is_audio_by_time_in_slots_of_all_tenants() -> None:
    jobs = [finished("fast", 100.0, 10.0), finished("fast", 20.0, 30.0, "umbrella")]
    assert speeds([*jobs, finished("high", 60.0, 120.0)]) == {"fast": 3.0, "high": 0.5}


def test_speed_of_jobs_without_audio_or_time_is_unknown() -> None:
    assert speeds([finished("fast", 0.0, 5.0), finished("high", 5.0, 0.0)]) == {}


def test_work_follows_the_last_measured_speed() -> None:
    ledger, now = Finished(), [0.0]
    speed = JobSpeed(ledger, clock=lambda: now[0])
    assert speed.work_s("fast", 60.0) == JOB_OVERHEAD_S + 60.0 / DEFAULT_SPEED
    ledger.finished = [finished("fast", 100.0, 50.0)]
    now[0] = MAX_AGE_S + 1
    assert speed.work_s("fast", 60.0) == JOB_OVERHEAD_S + 30.0
    ledger.finished = []
    now[0] = 3 * MAX_AGE_S
    assert speed.work_s("fast", 60.0) == JOB_OVERHEAD_S + 30.0


def test_speed_is_queried_rarely() -> None:
    ledger = Finished()
    speed = JobSpeed(ledger, clock=lambda: 5.0)
    for _ in range(100):
        speed.work_s("fast", 60.0)
    assert ledger.asked == 1
