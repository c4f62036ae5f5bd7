"""A job that has not ended when its deadline passes ends then."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.support.jobs import new_job
from tests.support.threads import run_concurrently
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import LeaseLost, Ledger, Pulse
from whisperfarm_store.ledger.db.tables import jobs

PAST_S, FUTURE_S = -1.0, 3600.0
LATER_S = 60.0


def _insert(ledger: Ledger, deadline_s: float) -> Job:
    return ledger.insert(replace(new_job(), terms=Terms(deadline_s=deadline_s)))


def _running_late(ledger: Ledger) -> Job:
    """A job that was claimed in time and is late by now."""
    job = _insert(ledger, FUTURE_S)
    claimed = ledger.claim(job.id, worker="w1", lease_s=60)
    assert claimed is not None
    with ledger._write() as connection:
        connection.execute(update(jobs).values(deadline_at=jobs.c.created_at - 1))
    return claimed


def test_a_late_job_that_waits_fails(ledger: Ledger) -> None:
    job = _insert(ledger, PAST_S)
    [failed] = ledger.rescue(rerelease_after_s=LATER_S)
    assert failed == ledger.get(job.id)
    assert (failed.state, failed.attempt) == (State.FAILED, 0)
    assert failed.finished_at is not None
    assert failed.problem is not None
    assert failed.problem["name"] == "deadline-passed"
    assert "queued" in failed.problem["detail"]
    assert ledger.rescue(rerelease_after_s=LATER_S) == []


def test_a_job_that_has_time_left_or_no_deadline_is_left_alone(ledger: Ledger) -> None:
    left = [_insert(ledger, FUTURE_S), ledger.insert(new_job())]
    assert ledger.rescue(rerelease_after_s=LATER_S) == []
    assert [ledger.get(job.id) for job in left] == left


def test_a_late_job_is_not_begun(ledger: Ledger) -> None:
    job = _insert(ledger, PAST_S)
    assert ledger.claim(job.id, worker="w1", lease_s=60) is None


def test_a_late_job_that_runs_fails_and_its_worker_has_no_say(ledger: Ledger) -> None:
    job = _running_late(ledger)
    ledger.beat(job.id, attempt=1, lease_s=60, progress=Progress(stage="align"))
    [failed] = ledger.rescue(rerelease_after_s=LATER_S)
    assert failed.state is State.FAILED
    assert failed.problem is not None
    assert "align" in failed.problem["detail"]
    with pytest.raises(LeaseLost):
        ledger.succeed(job.id, attempt=1, result_key="late", audio_s=1.0)


def test_the_reason_of_the_last_lost_attempt_is_kept(ledger: Ledger) -> None:
    job = _running_late(ledger)
    ledger.requeue(job.id, attempt=1, problem=EngineFailed("broken"))
    [failed] = ledger.rescue(rerelease_after_s=LATER_S)
    assert failed.problem is not None
    assert failed.problem["reason"]["name"] == "engine-failed"


def test_a_late_job_that_was_to_be_cancelled_is_cancelled(ledger: Ledger) -> None:
    job = _running_late(ledger)
    ledger.ask_cancel(job.id, tenant=job.tenant)
    [ended] = ledger.rescue(rerelease_after_s=LATER_S)
    assert ended.state is State.CANCELLED


def test_the_worker_hears_that_its_job_is_late(ledger: Ledger) -> None:
    job = _running_late(ledger)
    late = Pulse(held=True, cancel=False, late=True)
    assert ledger.beat(job.id, attempt=1, lease_s=60) == late
    assert ledger.pulses({job.id: 1}) == {job.id: late}


def test_several_dispatchers_at_once_end_each_late_job_once(ledger: Ledger) -> None:
    ids = [_insert(ledger, PAST_S).id for _ in range(20)]
    moved = run_concurrently(5, lambda _: ledger.rescue(rerelease_after_s=LATER_S))
    assert sorted(job.id for one in moved for job in one) == sorted(ids)
