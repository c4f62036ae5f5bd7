"""The ledger is asked seldom, and nobody is let in or turned away on figures that are too old."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.submission.backlog import Backlog
from whisperfarm_dispatcher.submission.quota import Bounds
from whisperfarm_store.ledger import Drained, Load, Share


class Counted:
    """A ledger that says what it is told to, on a clock that passes when it is told to."""

    def __init__(self, jobs: int = 0) -> None:
        self.jobs = jobs
        self.asked = 0
        self.takes_s = 0.0
        self.now = 1000.0
        self.keys: set[str] = set()

    def backlog(self) -> list[Share]:
        self.asked += 1
        self.now += self.takes_s
        load = Load(jobs=self.jobs, audio_s=60.0 * self.jobs)
        return [Share(tenant="acme", preset="demo", state=State.QUEUED, load=load)]

    def drained(self, *, within_s: float) -> list[Drained]:
        load = Load(jobs=10, audio_s=600.0)
        return [Drained(tenant="acme", preset="demo", load=load, over_s=100.0)]

    def ahead(self, job: Job) -> Load:
        return Load(jobs=self.jobs, audio_s=60.0 * self.jobs)

    def knows_key(self, tenant: str, key: str) -> bool:
        return key in self.keys


def backlog(ledger: Counted, *, farm: int = 0, tenant: int = 0) -> Backlog:
    return Backlog(
        ledger, farm=Bounds(jobs=farm), tenant=Bounds(jobs=tenant), clock=lambda: ledger.now
    )


def job(seconds: float = 60.0) -> Job:
    fresh = new_job()
    return replace(fresh, audio=replace(fresh.audio, seconds=seconds))


def test_many_jobs_are_let_in_for_one_question() -> None:
    ledger = Counted()
    watched = backlog(ledger, farm=1000)
    for _ in range(100):
        with watched.room_for(job()):
            pass
    assert ledger.asked == 1


def test_what_was_let_in_counts_before_the_ledger_says_so() -> None:
    watched = backlog(Counted(), farm=2)
    for _ in range(2):
        with watched.room_for(job()):
            pass
    with pytest.raises(FarmBusy):
        watched.check("acme")


def test_what_was_let_in_counts_once_when_the_ledger_says_so() -> None:
    ledger = Counted()
    watched = backlog(ledger, farm=2)
    with watched.room_for(job()):
        pass
    ledger.jobs, ledger.now = 1, ledger.now + 2
    watched.check("acme")


def test_room_that_was_not_used_is_free_again() -> None:
    watched = backlog(Counted(), farm=1)
    with pytest.raises(KeyError), watched.room_for(job()):
        raise KeyError("the ledger was away")
    watched.check("acme")


def test_nobody_is_turned_away_on_old_figures() -> None:
    ledger = Counted(jobs=2)
    watched = backlog(ledger, farm=2)
    with pytest.raises(FarmBusy):
        watched.check("acme")
    ledger.jobs, ledger.now = 1, ledger.now + 0.1
    watched.check("acme")


def test_a_ledger_that_counts_slowly_is_asked_more_seldom() -> None:
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


def test_a_request_that_made_its_job_before_finds_room() -> None:
    ledger = Counted(jobs=5)
    ledger.keys = {"known"}
    watched = backlog(ledger, tenant=5)
    with pytest.raises(TenantBusy) as busy:
        watched.check("acme", "new")
    assert busy.value.retry_after_s == 10
    watched.check("acme", "known")


def test_a_turn_is_told_by_the_rate_of_the_preset() -> None:
    turn = backlog(Counted(jobs=5)).turn(job())
    assert (turn.ahead.jobs, turn.starts_in_s) == (5, 50.0)


def test_waiting_job_does_not_start_before_it_is_available() -> None:
    waiting = replace(job(), available_at=1_000.0)
    bounds = Bounds(jobs=0, audio_s=0.0)
    ledger = Counted(jobs=5)
    starts_in_s = [
        Backlog(ledger, farm=bounds, tenant=bounds, now_s=lambda now=now: now)
        .turn(waiting)
        .starts_in_s
        for now in (900.0, 990.0)
    ]
    assert starts_in_s == [100.0, 50.0]


def test_the_last_one_has_all_others_ahead() -> None:
    watched = backlog(Counted(jobs=5))
    with watched.room_for(job()):
        pass
    turn = watched.last_turn(job())
    assert (turn.ahead, turn.starts_in_s) == (Load(jobs=5, audio_s=300.0), 50.0)
