"""An attempt: claimed once, kept by heartbeats, finished by its own worker only."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import (
    AudioUnreadable,
    EngineFailed,
    FarmUnavailable,
    JobNotFound,
)
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import HeartbeatReply, LeaseLost, Ledger, Workload

Ending = Callable[[Ledger, str, int], object]

ENDINGS: dict[str, Ending] = {
    "succeed": lambda ledger, job, attempt: ledger.attempts.succeed(
        job, attempt=attempt, result_key="r", audio_s=1.0
    ),
    "fail": lambda ledger, job, attempt: ledger.attempts.fail(
        job, attempt=attempt, problem=AudioUnreadable()
    ),
    "requeue": lambda ledger, job, attempt: ledger.attempts.requeue(job, attempt=attempt),
    "retry": lambda ledger, job, attempt: ledger.attempts.requeue(
        job, attempt=attempt, problem=EngineFailed(), counts=True, delay_s=5
    ),
}
every_ending = pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS.keys())


def test_claim_takes_a_queued_job(ledger: Ledger, queued: Job) -> None:
    job = ledger.attempts.claim(queued.id, worker="w1", lease_s=60)
    assert job is not None
    assert (job.state, job.attempt) == (JobState.RUNNING, 1)
    assert job.started_at is not None
    assert job.started_at >= job.created_at
    assert ledger.jobs.get(queued.id) == job


def test_concurrent_claims_of_one_job_give_one_winner(ledger: Ledger, queued: Job) -> None:
    claims = run_concurrently(
        50, lambda n: ledger.attempts.claim(queued.id, worker=f"w{n}", lease_s=60)
    )
    assert len([job for job in claims if job is not None]) == 1
    assert ledger.jobs.get(queued.id).attempt == 1


def test_concurrent_claims_give_each_job_to_one_worker(ledger: Ledger) -> None:
    ids = [ledger.jobs.insert(new_job()).id for _ in range(50)]
    claims = run_concurrently(
        50, lambda n: ledger.attempts.claim(ids[n], worker=f"w{n}", lease_s=60)
    )
    assert [job.id for job in claims if job is not None] == ids


def test_claim_returns_none_for_a_running_job(ledger: Ledger, running: Job) -> None:
    assert ledger.attempts.claim(running.id, worker="w2", lease_s=60) is None


def test_claim_returns_none_for_an_expired_lease(ledger: Ledger, expired: Job) -> None:
    assert ledger.attempts.claim(expired.id, worker="w2", lease_s=60) is None


def test_claim_returns_none_for_an_unknown_job(ledger: Ledger) -> None:
    assert ledger.attempts.claim("nowhere", worker="w1", lease_s=60) is None


@pytest.mark.parametrize("end", [ENDINGS["succeed"], ENDINGS["fail"]])
def test_claim_returns_none_for_a_finished_job(ledger: Ledger, running: Job, end: Ending) -> None:
    end(ledger, running.id, 1)
    assert ledger.attempts.claim(running.id, worker="w2", lease_s=60) is None


def test_heartbeat_renews_and_stores_progress(ledger: Ledger, running: Job) -> None:
    step = Progress(stage="align", fraction=0.25)
    reply = ledger.attempts.heartbeat(
        running.id, attempt=1, lease_s=60, progress=step, audio_s=12.5
    )
    assert reply == HeartbeatReply(held=True, cancel_requested=False)
    job = ledger.jobs.get(running.id)
    assert (job.progress, job.audio.duration_s) == (step, 12.5)


@pytest.mark.parametrize("measure", ["heartbeat", "succeed"])
def test_measured_duration_replaces_the_estimate(ledger: Ledger, measure: str) -> None:
    job = new_job()
    audio = replace(job.audio, duration_s=238.2, duration_is_estimated=True)
    accepted = ledger.jobs.insert(replace(job, audio=audio))
    assert ledger.jobs.get(job.id).audio == accepted.audio == audio
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.heartbeat(job.id, attempt=1, lease_s=60)
    assert ledger.jobs.get(job.id).audio.duration_is_estimated
    if measure == "heartbeat":
        ledger.attempts.heartbeat(job.id, attempt=1, lease_s=60, audio_s=33.7)
    else:
        ledger.attempts.succeed(job.id, attempt=1, result_key="results/x", audio_s=33.7)
    measured = ledger.jobs.get(job.id).audio
    assert (measured.duration_s, measured.duration_is_estimated) == (33.7, False)


def test_heartbeat_without_progress_keeps_the_old(ledger: Ledger, running: Job) -> None:
    step = Progress(stage="align", fraction=0.25)
    ledger.attempts.heartbeat(running.id, attempt=1, lease_s=60, progress=step, audio_s=12.5)
    ledger.attempts.heartbeat(running.id, attempt=1, lease_s=60)
    job = ledger.jobs.get(running.id)
    assert (job.progress, job.audio.duration_s) == (step, 12.5)


def test_heartbeat_extends_the_lease(ledger: Ledger, expired: Job) -> None:
    assert ledger.attempts.heartbeat(expired.id, attempt=1, lease_s=60).held
    assert ledger.dispatch.rescue(redispatch_after_s=60) == []


@every_ending
def test_heartbeat_of_an_old_attempt_is_rejected(ledger: Ledger, running: Job, end: Ending) -> None:
    end(ledger, running.id, 1)
    assert ledger.attempts.heartbeat(running.id, attempt=1, lease_s=60) == HeartbeatReply(
        held=False, cancel_requested=False
    )


def test_succeed_stores_the_result(ledger: Ledger, running: Job) -> None:
    ledger.attempts.succeed(running.id, attempt=1, result_key="results/x", audio_s=3.5)
    job = ledger.jobs.get(running.id)
    assert (job.state, job.result_key, job.audio.duration_s) == (
        JobState.SUCCEEDED,
        "results/x",
        3.5,
    )
    assert job.finished_at is not None
    assert job.progress is None


def test_succeed_clears_the_earlier_problem(ledger: Ledger, running: Job) -> None:
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed("out of memory"))
    ledger.attempts.claim(running.id, worker="w2", lease_s=60)
    ledger.attempts.succeed(running.id, attempt=2, result_key="r", audio_s=1.0)
    assert ledger.jobs.get(running.id).problem is None


def test_unavailable_costs_no_attempt(ledger: Ledger, queued: Job) -> None:
    away = FarmUnavailable("the blob store cannot be reached")
    for attempt in range(1, 6):
        assert ledger.attempts.claim(queued.id, worker="w", lease_s=60) is not None
        ledger.attempts.requeue(queued.id, attempt=attempt, problem=away)
    job = ledger.jobs.get(queued.id)
    assert (job.state, job.problem) == (JobState.QUEUED, away.to_wire())
    assert (job.attempt, job.failures, job.max_attempts) == (5, 0, queued.max_attempts)


def test_fail_stores_the_problem(ledger: Ledger, running: Job) -> None:
    problem = AudioUnreadable("it is a text file")
    ledger.attempts.fail(running.id, attempt=1, problem=problem)
    job = ledger.jobs.get(running.id)
    assert (job.state, job.problem) == (JobState.FAILED, problem.to_wire())


@every_ending
@pytest.mark.parametrize("attempt", [0, 2])
def test_old_attempt_cannot_finish_the_job(
    ledger: Ledger, running: Job, end: Ending, attempt: int
) -> None:
    with pytest.raises(LeaseLost, match=running.id):
        end(ledger, running.id, attempt)
    assert ledger.jobs.get(running.id) == running


@every_ending
def test_job_finishes_once(ledger: Ledger, running: Job, end: Ending) -> None:
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    ended = ledger.jobs.get(running.id)
    with pytest.raises(LeaseLost):
        end(ledger, running.id, 1)
    assert ledger.jobs.get(running.id) == ended


def test_concurrent_finishes_give_one_winner(ledger: Ledger, running: Job) -> None:
    def end(number: int) -> str | None:
        key = f"results/{number}"
        try:
            ledger.attempts.succeed(running.id, attempt=1, result_key=key, audio_s=1.0)
        except LeaseLost:
            return None
        return key

    won = [key for key in run_concurrently(20, end) if key is not None]
    assert won == [ledger.jobs.get(running.id).result_key]


def test_requeue_keeps_the_problem(ledger: Ledger, running: Job) -> None:
    problem = EngineFailed("out of memory")
    ledger.attempts.requeue(running.id, attempt=1, problem=problem)
    job = ledger.jobs.get(running.id)
    assert (job.state, job.attempt, job.problem) == (JobState.QUEUED, 1, problem.to_wire())
    assert [one.id for one in ledger.dispatch.list_available(10)] == [running.id]


def test_requeue_clears_the_progress(ledger: Ledger, running: Job) -> None:
    ledger.attempts.heartbeat(
        running.id, attempt=1, lease_s=60, progress=Progress(stage="align", fraction=0.5)
    )
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed())
    assert ledger.jobs.get(running.id).progress is None


def test_claim_increments_the_attempt(ledger: Ledger, running: Job) -> None:
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed())
    again = ledger.attempts.claim(running.id, worker="w2", lease_s=60)
    assert again is not None
    assert again.attempt == 2


def test_failures_are_counted_apart_from_attempts(ledger: Ledger, queued: Job) -> None:
    for attempt, counts in enumerate((True, False, True), start=1):
        ledger.attempts.claim(queued.id, worker="w1", lease_s=60)
        ledger.attempts.requeue(queued.id, attempt=attempt, problem=EngineFailed(), counts=counts)
    job = ledger.jobs.get(queued.id)
    assert (job.attempt, job.failures) == (3, 2)


def test_delayed_job_is_neither_dispatched_nor_claimed(ledger: Ledger, running: Job) -> None:
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed(), counts=True, delay_s=60)
    job = ledger.jobs.get(running.id)
    assert job.available_at is not None
    assert 50 < job.available_at - (running.started_at or 0) < 70
    assert ledger.dispatch.list_available(10) == []
    assert ledger.dispatch.mark([job.id]) == set()
    assert ledger.attempts.claim(job.id, worker="w2", lease_s=60) is None


def test_delayed_job_is_dispatched_once_available(ledger: Ledger, running: Job) -> None:
    ledger.attempts.requeue(
        running.id, attempt=1, problem=EngineFailed(), counts=True, delay_s=0.05
    )
    while not ledger.dispatch.list_available(10):  # bounded by the timeout of pytest
        time.sleep(0.01)
    claimed = ledger.attempts.claim(running.id, worker="w2", lease_s=60)
    assert claimed is not None
    assert (claimed.attempt, claimed.available_at) == (2, None)


def test_delayed_job_can_be_cancelled(ledger: Ledger, running: Job) -> None:
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed(), delay_s=60)
    cancelled = ledger.jobs.request_cancel(running.id, tenant=running.tenant)
    assert (cancelled.state, cancelled.available_at) == (JobState.CANCELLED, None)


def test_delayed_job_is_not_ahead_of_others(ledger: Ledger, running: Job) -> None:
    other = ledger.jobs.insert(new_job())
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed(), delay_s=60)
    assert ledger.backlog.jobs_ahead(other).older == Workload()
    assert sum(share.load.jobs for share in ledger.backlog.group_loads()) == 2


def test_requeue_by_a_drain_costs_no_attempt(ledger: Ledger) -> None:
    job = ledger.jobs.insert(new_job(max_attempts=1))
    for attempt in (1, 2, 3):
        assert ledger.attempts.claim(job.id, worker="w1", lease_s=60) is not None
        ledger.attempts.requeue(job.id, attempt=attempt)
    assert ledger.jobs.get(job.id).state is JobState.QUEUED
    assert ledger.jobs.get(job.id).attempt == 3


def test_requeue_of_an_unknown_job_raises(ledger: Ledger) -> None:
    with pytest.raises(JobNotFound):
        ledger.attempts.requeue("nowhere", attempt=1)
