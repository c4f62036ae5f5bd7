"""The backlog queries the ledger rarely, and does not decide on outdated figures."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.submission.backlog import ADMIT_TTL_S, Backlog
from whisperfarm_dispatcher.submission.quota import Quota
from whisperfarm_store.ledger import GroupLoad, JobsAhead, Pause, Throughput, Workload


class Counted:
    """A ledger with given figures, on a clock that the test sets."""

    def __init__(self, queued: int = 0) -> None:
        self.backlog = self.jobs = self.pauses = self
        self.queued = queued
        self.asked = 0
        self.takes_s = 0.0
        self.now = 1000.0
        self.keys: set[str] = set()
        self.current: Sequence[Pause] = ()

    def group_loads(self) -> list[GroupLoad]:
        self.asked += 1
        self.now += self.takes_s
        load = Workload(jobs=self.queued, audio_s=60.0 * self.queued)
        return [GroupLoad(tenant="acme", preset="demo", state=JobState.QUEUED, load=load)]

    def throughput(self, *, within_s: float) -> list[Throughput]:
        load = Workload(jobs=10, audio_s=600.0)
        return [Throughput(tenant="acme", preset="demo", load=load, window_s=100.0)]

    def jobs_ahead(self, job: Job) -> JobsAhead:
        return JobsAhead(
            in_broker=Workload(), older=Workload(jobs=self.queued, audio_s=60.0 * self.queued)
        )

    def key_exists(self, tenant: str, key: str) -> bool:
        return key in self.keys

    def list(self) -> Sequence[Pause]:
        return self.current


def backlog(ledger: Counted, *, farm: int = 0, tenant: int = 0) -> Backlog:
    return Backlog(
        ledger, farm=Quota(jobs=farm), tenant=Quota(jobs=tenant), clock=lambda: ledger.now
    )


def job(duration_s: float = 60.0) -> Job:
    fresh = new_job()
    return replace(fresh, audio=replace(fresh.audio, duration_s=duration_s))


def test_many_jobs_are_admitted_per_query() -> None:
    ledger = Counted()
    watched = backlog(ledger, farm=1000)
    for _ in range(100):
        with watched.reserve(job()):
            pass
    assert ledger.asked == 1


def test_admitted_jobs_count_before_the_next_query() -> None:
    watched = backlog(Counted(), farm=2)
    for _ in range(2):
        with watched.reserve(job()):
            pass
    with pytest.raises(FarmBusy):
        watched.check("acme")


def test_admitted_jobs_count_once_after_the_next_query() -> None:
    ledger = Counted()
    watched = backlog(ledger, farm=2)
    with watched.reserve(job()):
        pass
    ledger.queued, ledger.now = 1, ledger.now + 2
    watched.check("acme")


def test_recent_figures_admit_without_a_query() -> None:
    ledger = Counted()
    watched = backlog(ledger, farm=10)
    assert not watched.admits("acme")
    watched.check("acme")
    assert watched.admits("acme")
    assert ledger.asked == 1


def test_old_figures_do_not_admit() -> None:
    ledger = Counted()
    watched = backlog(ledger, farm=10)
    watched.check("acme")
    ledger.now += ADMIT_TTL_S + 0.1
    assert not watched.admits("acme")


def test_recent_figures_do_not_admit_above_a_limit() -> None:
    watched = backlog(Counted(), farm=1)
    with watched.reserve(job()):
        pass
    assert not watched.admits("acme")


def test_recent_pause_of_a_preset_does_not_admit_its_jobs() -> None:
    ledger = Counted()
    ledger.current = (Pause(preset="demo"),)
    watched = backlog(ledger)
    watched.check("acme")
    assert watched.admits("acme", preset="other")
    assert not watched.admits("acme", preset="demo")


def test_unused_reservation_is_released() -> None:
    watched = backlog(Counted(), farm=1)
    with pytest.raises(KeyError), watched.reserve(job()):
        raise KeyError("the ledger was unavailable")
    watched.check("acme")


def test_rejections_use_fresh_figures() -> None:
    ledger = Counted(queued=2)
    watched = backlog(ledger, farm=2)
    with pytest.raises(FarmBusy):
        watched.check("acme")
    ledger.queued, ledger.now = 1, ledger.now + 0.1
    watched.check("acme")


def test_slow_ledger_is_queried_less_often() -> None:
    ledger = Counted()
    ledger.takes_s = 1.0
    watched = backlog(ledger, farm=10)
    for _ in range(19):
        watched.check("acme")
        ledger.now += 1.0
    assert ledger.asked == 1
    ledger.now += 3.0
    watched.check("acme")
    assert ledger.asked == 2


def test_duplicate_request_passes_a_full_backlog() -> None:
    ledger = Counted(queued=5)
    ledger.keys = {"known"}
    watched = backlog(ledger, tenant=5)
    with pytest.raises(TenantBusy) as busy:
        watched.check("acme", "new")
    assert busy.value.retry_after_s == 10
    watched.check("acme", "known")


def test_position_uses_the_rate_of_the_preset() -> None:
    position = backlog(Counted(queued=5)).position(job())
    assert (position.ahead.jobs, position.starts_in_s) == (5, 50.0)


def test_waiting_job_does_not_start_before_it_is_available() -> None:
    waiting = replace(job(), available_at=1_000.0)
    bounds = Quota(jobs=0, audio_s=0.0)
    ledger = Counted(queued=5)
    starts_in_s = [
        Backlog(ledger, farm=bounds, tenant=bounds, now_s=lambda now=now: now)
        .position(waiting)
        .starts_in_s
        for now in (900.0, 990.0)
    ]
    assert starts_in_s == [100.0, 50.0]


def test_position_of_new_counts_all_others() -> None:
    watched = backlog(Counted(queued=5))
    with watched.reserve(job()):
        pass
    position = watched.position_of_new(job())
    assert (position.ahead, position.starts_in_s) == (Workload(jobs=5, audio_s=300.0), 50.0)
