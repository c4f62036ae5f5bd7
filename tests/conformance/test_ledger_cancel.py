"""Cancelling ends a job at once, whatever its worker does."""

from collections.abc import Callable

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed, JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import HeartbeatReply, LeaseLost, Ledger


def test_request_cancel_cancels_a_queued_job(ledger: Ledger, queued: Job) -> None:
    job = ledger.jobs.request_cancel(queued.id, tenant=TENANT)
    assert job.state is JobState.CANCELLED
    assert job.finished_at is not None
    assert job.problem is not None
    assert job.problem["name"] == "job-cancelled"
    assert ledger.attempts.claim(queued.id, worker="w1", lease_s=60) is None
    assert ledger.dispatch.list_available(10) == []


def test_request_cancel_ends_a_running_job_at_once(ledger: Ledger, running: Job) -> None:
    job = ledger.jobs.request_cancel(running.id, tenant=TENANT)
    assert job == ledger.jobs.get(running.id)
    assert (job.state, job.attempt, job.progress) == (JobState.CANCELLED, 1, None)
    assert job.finished_at is not None
    assert job.problem is not None
    assert job.problem["name"] == "job-cancelled"
    assert ledger.workers.running_counts() == {}


def test_heartbeat_reports_a_cancelled_job(ledger: Ledger, running: Job) -> None:
    ledger.jobs.request_cancel(running.id, tenant=TENANT)
    assert ledger.attempts.heartbeat(running.id, attempt=1, lease_s=60) == HeartbeatReply(
        held=False, cancel_requested=True
    )


def test_cancelled_job_reports_a_lost_lease_to_an_earlier_attempt(
    ledger: Ledger, running: Job
) -> None:
    ledger.attempts.requeue(running.id, attempt=1)
    ledger.attempts.claim(running.id, worker="w2", lease_s=60)
    ledger.jobs.request_cancel(running.id, tenant=TENANT)
    lost = HeartbeatReply(held=False, cancel_requested=False)
    assert ledger.attempts.heartbeat(running.id, attempt=1, lease_s=60) == lost


def test_request_cancel_keeps_a_finished_job(ledger: Ledger, running: Job) -> None:
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    ended = ledger.jobs.get(running.id)
    assert ledger.jobs.request_cancel(running.id, tenant=TENANT) == ended


WRITES: dict[str, Callable[[Ledger, str], None]] = {
    "succeed": lambda ledger, job: ledger.attempts.succeed(
        job, attempt=1, result_key="r", audio_s=1.0
    ),
    "fail": lambda ledger, job: ledger.attempts.fail(job, attempt=1, problem=EngineFailed()),
    "requeue": lambda ledger, job: ledger.attempts.requeue(job, attempt=1, problem=EngineFailed()),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_late_writes_to_a_cancelled_job_are_refused(
    ledger: Ledger, running: Job, write: Callable[[Ledger, str], None]
) -> None:
    cancelled = ledger.jobs.request_cancel(running.id, tenant=TENANT)
    with pytest.raises(LeaseLost):
        write(ledger, running.id)
    assert ledger.jobs.get(running.id) == cancelled


def test_concurrent_cancel_and_success_end_the_job_once(ledger: Ledger, running: Job) -> None:
    def end(number: int) -> JobState | None:
        if number % 2:
            return ledger.jobs.request_cancel(running.id, tenant=TENANT).state
        try:
            ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
        except LeaseLost:
            return None
        return JobState.SUCCEEDED

    states = set(run_concurrently(8, end)) - {None}
    assert states == {ledger.jobs.get(running.id).state}


def test_rescue_leaves_a_cancelled_job_alone(ledger: Ledger, expired: Job) -> None:
    cancelled = ledger.jobs.request_cancel(expired.id, tenant=TENANT)
    assert ledger.dispatch.rescue(redispatch_after_s=60) == []
    assert ledger.jobs.get(expired.id) == cancelled


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
        running.id: HeartbeatReply(held=False, cancel_requested=True),
        others[0]: HeartbeatReply(held=False, cancel_requested=False),
        others[1]: HeartbeatReply(held=True, cancel_requested=False),
        "unknown": HeartbeatReply(held=False, cancel_requested=False),
    }
    assert ledger.attempts.lease_statuses({}) == {}
