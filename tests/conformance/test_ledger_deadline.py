"""A job that has not ended by its deadline fails."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.support.concurrency import run_concurrently
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import HeartbeatReply, LeaseLost, Ledger
from whisperfarm_store.ledger.db.tables import jobs

PAST_S, FUTURE_S = -1.0, 3600.0
LATER_S = 60.0


def _insert(ledger: Ledger, deadline_s: float) -> Job:
    return ledger.jobs.insert(replace(new_job(), policy=JobPolicy(deadline_s=deadline_s)))


def _running_late(ledger: Ledger) -> Job:
    """Claim a job before its deadline, and return it after its deadline."""
    job = _insert(ledger, FUTURE_S)
    claimed = ledger.attempts.claim(job.id, worker="w1", lease_s=60)
    assert claimed is not None
    with ledger.database.write() as connection:
        connection.execute(update(jobs).values(deadline_at=jobs.c.created_at - 1))
    return claimed


def test_rescue_fails_a_queued_job_past_its_deadline(ledger: Ledger) -> None:
    job = _insert(ledger, PAST_S)
    [failed] = ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    assert failed == ledger.jobs.get(job.id)
    assert (failed.state, failed.attempt) == (JobState.FAILED, 0)
    assert failed.finished_at is not None
    assert failed.problem is not None
    assert failed.problem["name"] == "deadline-exceeded"
    assert "queued" in failed.problem["detail"]
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S) == []


def test_rescue_keeps_jobs_within_their_deadline(ledger: Ledger) -> None:
    left = [_insert(ledger, FUTURE_S), ledger.jobs.insert(new_job())]
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S) == []
    assert [ledger.jobs.get(job.id) for job in left] == left


def test_claim_returns_none_past_the_deadline(ledger: Ledger) -> None:
    job = _insert(ledger, PAST_S)
    assert ledger.attempts.claim(job.id, worker="w1", lease_s=60) is None


def test_rescue_fails_a_running_job_past_its_deadline(ledger: Ledger) -> None:
    job = _running_late(ledger)
    ledger.attempts.heartbeat(job.id, attempt=1, lease_s=60, progress=Progress(stage="align"))
    [failed] = ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    assert failed.state is JobState.FAILED
    assert failed.problem is not None
    assert "align" in failed.problem["detail"]
    with pytest.raises(LeaseLost):
        ledger.attempts.succeed(job.id, attempt=1, result_key="late", audio_s=1.0)


def test_deadline_problem_has_the_last_reason(ledger: Ledger) -> None:
    job = _running_late(ledger)
    ledger.attempts.requeue(job.id, attempt=1, problem=EngineFailed("broken"))
    [failed] = ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    assert failed.problem is not None
    assert failed.problem["reason"]["name"] == "engine-failed"


def test_rescue_leaves_a_late_job_that_was_cancelled(ledger: Ledger) -> None:
    job = _running_late(ledger)
    cancelled = ledger.jobs.request_cancel(job.id, tenant=job.tenant)
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S) == []
    assert ledger.jobs.get(job.id) == cancelled


def test_heartbeat_reports_an_exceeded_deadline(ledger: Ledger) -> None:
    job = _running_late(ledger)
    late = HeartbeatReply(held=True, cancel_requested=False, deadline_exceeded=True)
    assert ledger.attempts.heartbeat(job.id, attempt=1, lease_s=60) == late
    assert ledger.attempts.lease_statuses({job.id: 1}) == {job.id: late}


def test_concurrent_rescues_fail_each_late_job_once(ledger: Ledger) -> None:
    ids = [_insert(ledger, PAST_S).id for _ in range(20)]
    moved = run_concurrently(5, lambda _: ledger.dispatch.rescue(redispatch_after_s=LATER_S))
    assert sorted(job.id for one in moved for job in one) == sorted(ids)
