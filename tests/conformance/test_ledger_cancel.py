"""Cancelling is asked for by callers and done by whoever has the job."""

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed, JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import HeartbeatReply, Ledger


def test_request_cancel_cancels_a_queued_job(ledger: Ledger, queued: Job) -> None:
    job = ledger.jobs.request_cancel(queued.id, tenant=TENANT)
    assert job.state is JobState.CANCELLED
    assert job.finished_at is not None
    assert job.problem is not None
    assert job.problem["name"] == "job-cancelled"
    assert ledger.attempts.claim(queued.id, worker="w1", lease_s=60) is None
    assert ledger.dispatch.list_available(10) == []


def test_heartbeat_reports_a_requested_cancel(ledger: Ledger, running: Job) -> None:
    job = ledger.jobs.request_cancel(running.id, tenant=TENANT)
    assert (job.state, job.cancel_requested) == (JobState.RUNNING, True)
    assert ledger.attempts.heartbeat(running.id, attempt=1, lease_s=60) == HeartbeatReply(
        held=True, cancel_requested=True
    )


def test_request_cancel_keeps_a_finished_job(ledger: Ledger, running: Job) -> None:
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    ended = ledger.jobs.get(running.id)
    assert ledger.jobs.request_cancel(running.id, tenant=TENANT) == ended


def test_succeed_wins_over_a_requested_cancel(ledger: Ledger, running: Job) -> None:
    ledger.jobs.request_cancel(running.id, tenant=TENANT)
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    assert ledger.jobs.get(running.id).state is JobState.SUCCEEDED


@pytest.mark.parametrize("problem", [None, EngineFailed()], ids=["drain", "loss"])
def test_requeue_cancels_a_job_with_a_requested_cancel(
    ledger: Ledger, running: Job, problem: EngineFailed | None
) -> None:
    ledger.jobs.request_cancel(running.id, tenant=TENANT)
    ledger.attempts.requeue(running.id, attempt=1, problem=problem)
    assert ledger.jobs.get(running.id).state is JobState.CANCELLED


def test_rescue_cancels_a_job_with_a_requested_cancel(ledger: Ledger, expired: Job) -> None:
    ledger.jobs.request_cancel(expired.id, tenant=TENANT)
    assert [job.state for job in ledger.dispatch.rescue(redispatch_after_s=60)] == [
        JobState.CANCELLED
    ]


def test_request_cancel_rejects_another_tenant(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(JobNotFound):
        ledger.jobs.request_cancel(queued.id, tenant="umbrella")
    assert ledger.jobs.get(queued.id) == queued


def test_lease_statuses_cover_all_attempts(ledger: Ledger, running: Job) -> None:
    others = [ledger.jobs.insert(new_job()).id for _ in range(2)]
    for job_id in others:
        ledger.attempts.claim(job_id, worker="w1", lease_s=60)
    ledger.jobs.request_cancel(running.id, tenant=running.tenant)
    ledger.attempts.requeue(others[0], attempt=1)
    ledger.attempts.claim(others[0], worker="w2", lease_s=60)
    assert ledger.attempts.lease_statuses(
        {running.id: 1, others[0]: 1, others[1]: 1, "unknown": 1}
    ) == {
        running.id: HeartbeatReply(held=True, cancel_requested=True),
        others[0]: HeartbeatReply(held=False, cancel_requested=False),
        others[1]: HeartbeatReply(held=True, cancel_requested=False),
        "unknown": HeartbeatReply(held=False, cancel_requested=False),
    }
    assert ledger.attempts.lease_statuses({}) == {}
