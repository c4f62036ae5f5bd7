"""A job that requires polls is cancelled when its caller stops polling it."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import HeartbeatReply, Idempotency, Ledger
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs, poll_clock

LIMIT_S = 100.0
MAX_STEP_S = 6.0
KEY = Idempotency(key="call-17", fingerprint="f")


@pytest.fixture(autouse=True)
def clock(ledger: Ledger) -> None:
    """Start the poll clock."""
    ledger.polls.cancel_unpolled(max_step_s=MAX_STEP_S)


@pytest.fixture
def polled(ledger: Ledger) -> Job:
    return insert(ledger)


def insert(ledger: Ledger) -> Job:
    policy = JobPolicy(cancel_unless_polled_s=LIMIT_S)
    return ledger.jobs.insert(replace(new_job(), policy=policy), idempotency=KEY)


def elapse(ledger: Ledger, seconds: float) -> list[Job]:
    """Let the poll clock advance, and return the jobs that were cancelled for it."""
    with ledger.database.write() as connection:
        connection.execute(update(poll_clock).values(time_s=poll_clock.c.time_s + seconds))
    return ledger.polls.cancel_unpolled(max_step_s=MAX_STEP_S)


def stop_dispatchers(ledger: Ledger, seconds: float) -> None:
    """Set the last sign of a dispatcher back by this time."""
    with ledger.database.write() as connection:
        connection.execute(update(poll_clock).values(advanced_at=now_s() - seconds))


def due_s(ledger: Ledger, job: Job) -> float:
    with ledger.database.read() as connection:
        due: float = connection.execute(select(jobs.c.poll_due_s).filter_by(id=job.id)).scalar_one()
        return due


def clock_s(ledger: Ledger) -> float:
    with ledger.database.read() as connection:
        return connection.execute(select(poll_clock.c.time_s)).scalar_one()


def test_unpolled_job_is_cancelled_after_its_limit(ledger: Ledger, polled: Job) -> None:
    assert elapse(ledger, LIMIT_S - 10) == []
    [cancelled] = elapse(ledger, 20)
    assert (cancelled.id, cancelled.state) == (polled.id, JobState.CANCELLED)
    assert cancelled.problem is not None
    assert cancelled.problem["name"] == "job-not-polled"
    assert "100 s" in cancelled.problem["detail"]
    assert elapse(ledger, 1000) == []


def test_unpolled_running_job_stops_its_worker(ledger: Ledger, polled: Job) -> None:
    ledger.attempts.claim(polled.id, worker="w", lease_s=60)
    assert [job.id for job in elapse(ledger, LIMIT_S + 1)] == [polled.id]
    assert ledger.attempts.heartbeat(polled.id, attempt=1, lease_s=60) == HeartbeatReply(
        held=False, cancel_requested=True
    )


def test_polls_keep_a_job(ledger: Ledger, polled: Job) -> None:
    for _ in range(5):
        assert elapse(ledger, LIMIT_S - 10) == []
        ledger.polls.record(polled)
    assert [job.id for job in elapse(ledger, LIMIT_S + 1)] == [polled.id]


def test_a_poll_soon_after_another_is_not_written(ledger: Ledger, polled: Job) -> None:
    first = due_s(ledger, polled)
    for seconds, is_written in ((20.0, False), (10.0, True), (20.0, False)):
        before = due_s(ledger, polled)
        elapse(ledger, seconds)
        ledger.polls.record(polled)
        assert (due_s(ledger, polled) > before) is is_written
    assert due_s(ledger, polled) == pytest.approx(first + 30, abs=5)


def test_time_without_a_dispatcher_does_not_count(ledger: Ledger, polled: Job) -> None:
    before = clock_s(ledger)
    stop_dispatchers(ledger, 3600)
    assert ledger.polls.cancel_unpolled(max_step_s=MAX_STEP_S) == []
    assert clock_s(ledger) == pytest.approx(before + MAX_STEP_S)
    stop_dispatchers(ledger, 4)
    ledger.polls.cancel_unpolled(max_step_s=MAX_STEP_S)
    assert clock_s(ledger) == pytest.approx(before + MAX_STEP_S + 4, abs=1)


def test_clock_that_was_set_back_does_not_count(ledger: Ledger) -> None:
    before = clock_s(ledger)
    stop_dispatchers(ledger, -3600)
    ledger.polls.cancel_unpolled(max_step_s=MAX_STEP_S)
    assert clock_s(ledger) == before
    stop_dispatchers(ledger, 4)
    ledger.polls.cancel_unpolled(max_step_s=MAX_STEP_S)
    assert clock_s(ledger) == pytest.approx(before + 4, abs=1)


def test_same_request_makes_a_new_job_after_it_was_not_polled(ledger: Ledger, polled: Job) -> None:
    assert insert(ledger).id == polled.id
    elapse(ledger, LIMIT_S + 1)
    again = insert(ledger)
    assert (again.id == polled.id, again.state) == (False, JobState.QUEUED)
    assert insert(ledger).id == again.id
    assert not ledger.jobs.key_exists("umbrella", KEY.key)


def test_same_request_finds_a_job_that_its_caller_cancelled(ledger: Ledger, polled: Job) -> None:
    ledger.jobs.request_cancel(polled.id, tenant=TENANT)
    assert insert(ledger).id == polled.id


def test_other_jobs_need_no_polls(ledger: Ledger, queued: Job, polled: Job) -> None:
    ledger.polls.record(queued)
    ended = ledger.jobs.request_cancel(polled.id, tenant=TENANT)
    ledger.polls.record(ended)
    assert elapse(ledger, 1e6) == []
    assert ledger.jobs.get(queued.id) == queued
    assert ledger.jobs.get(ended.id) == ended
