"""One attempt at a job: claimed once, held by heartbeats, ended by its holder alone."""

import time
from collections.abc import Callable

import pytest

from tests.support.jobs import new_job
from tests.support.threads import run_concurrently
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import AudioUnreadable, EngineFailed, FarmUnavailable, JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import LeaseLost, Ledger, Pulse

Ending = Callable[[Ledger, str, int], object]

ENDINGS: dict[str, Ending] = {
    "succeed": lambda ledger, job, attempt: ledger.succeed(
        job, attempt=attempt, result_key="r", audio_s=1.0
    ),
    "fail": lambda ledger, job, attempt: ledger.fail(
        job, attempt=attempt, problem=AudioUnreadable()
    ),
    "cancelled": lambda ledger, job, attempt: ledger.cancelled(job, attempt=attempt),
    "requeue": lambda ledger, job, attempt: ledger.requeue(job, attempt=attempt),
    "retry": lambda ledger, job, attempt: ledger.requeue(
        job, attempt=attempt, problem=EngineFailed(), counts=True, delay_s=5
    ),
}
every_ending = pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS.keys())


def test_a_claim_takes_a_queued_job(ledger: Ledger, queued: Job) -> None:
    job = ledger.claim(queued.id, worker="w1", lease_s=60)
    assert job is not None
    assert (job.state, job.attempt) == (State.RUNNING, 1)
    assert job.started_at is not None
    assert job.started_at >= job.created_at
    assert ledger.get(queued.id) == job


def test_of_fifty_who_claim_one_job_at_once_one_gets_it(ledger: Ledger, queued: Job) -> None:
    claims = run_concurrently(50, lambda n: ledger.claim(queued.id, worker=f"w{n}", lease_s=60))
    assert len([job for job in claims if job is not None]) == 1
    assert ledger.get(queued.id).attempt == 1


def test_fifty_jobs_claimed_at_once_go_to_one_worker_each(ledger: Ledger) -> None:
    ids = [ledger.insert(new_job()).id for _ in range(50)]
    claims = run_concurrently(50, lambda n: ledger.claim(ids[n], worker=f"w{n}", lease_s=60))
    assert [job.id for job in claims if job is not None] == ids


def test_a_running_job_is_not_to_be_had(ledger: Ledger, running: Job) -> None:
    assert ledger.claim(running.id, worker="w2", lease_s=60) is None


def test_a_job_whose_lease_ran_out_is_not_to_be_had_before_its_rescue(
    ledger: Ledger, expired: Job
) -> None:
    assert ledger.claim(expired.id, worker="w2", lease_s=60) is None


def test_an_unknown_job_is_not_to_be_had(ledger: Ledger) -> None:
    assert ledger.claim("nowhere", worker="w1", lease_s=60) is None


@pytest.mark.parametrize("end", [ENDINGS["succeed"], ENDINGS["fail"], ENDINGS["cancelled"]])
def test_an_ended_job_is_not_to_be_had(ledger: Ledger, running: Job, end: Ending) -> None:
    end(ledger, running.id, 1)
    assert ledger.claim(running.id, worker="w2", lease_s=60) is None


def test_a_heartbeat_keeps_the_job_and_carries_news(ledger: Ledger, running: Job) -> None:
    step = Progress(stage="align", done=0.25)
    pulse = ledger.beat(running.id, attempt=1, lease_s=60, progress=step, audio_s=12.5)
    assert pulse == Pulse(held=True, cancel=False)
    job = ledger.get(running.id)
    assert (job.progress, job.audio.seconds) == (step, 12.5)


def test_a_heartbeat_without_news_keeps_the_old_ones(ledger: Ledger, running: Job) -> None:
    step = Progress(stage="align", done=0.25)
    ledger.beat(running.id, attempt=1, lease_s=60, progress=step, audio_s=12.5)
    ledger.beat(running.id, attempt=1, lease_s=60)
    job = ledger.get(running.id)
    assert (job.progress, job.audio.seconds) == (step, 12.5)


def test_a_heartbeat_prolongs_the_lease(ledger: Ledger, expired: Job) -> None:
    assert ledger.beat(expired.id, attempt=1, lease_s=60).held
    assert ledger.rescue(rerelease_after_s=60) == []


@every_ending
def test_the_heart_of_an_attempt_that_is_over_beats_in_vain(
    ledger: Ledger, running: Job, end: Ending
) -> None:
    end(ledger, running.id, 1)
    assert ledger.beat(running.id, attempt=1, lease_s=60) == Pulse(held=False, cancel=False)


def test_a_job_that_succeeded_has_its_result(ledger: Ledger, running: Job) -> None:
    ledger.succeed(running.id, attempt=1, result_key="results/x", audio_s=3.5)
    job = ledger.get(running.id)
    assert (job.state, job.result_key, job.audio.seconds) == (State.SUCCEEDED, "results/x", 3.5)
    assert job.finished_at is not None
    assert job.progress is None


def test_success_wipes_the_reason_of_an_earlier_loss(ledger: Ledger, running: Job) -> None:
    ledger.requeue(running.id, attempt=1, problem=EngineFailed("out of memory"))
    ledger.claim(running.id, worker="w2", lease_s=60)
    ledger.succeed(running.id, attempt=2, result_key="r", audio_s=1.0)
    assert ledger.get(running.id).problem is None


def test_an_outage_costs_a_job_no_attempt_however_often_it_is_met(
    ledger: Ledger, queued: Job
) -> None:
    away = FarmUnavailable("the recordings can not be reached")
    for attempt in range(1, 6):
        assert ledger.claim(queued.id, worker="w", lease_s=60) is not None
        ledger.requeue(queued.id, attempt=attempt, problem=away)
    job = ledger.get(queued.id)
    assert (job.state, job.problem) == (State.QUEUED, away.to_wire())
    assert (job.attempt, job.failures, job.max_attempts) == (5, 0, queued.max_attempts)


def test_a_job_that_failed_says_why(ledger: Ledger, running: Job) -> None:
    problem = AudioUnreadable("it is a text file")
    ledger.fail(running.id, attempt=1, problem=problem)
    job = ledger.get(running.id)
    assert (job.state, job.problem) == (State.FAILED, problem.to_wire())


def test_a_job_that_the_worker_cancelled_is_cancelled(ledger: Ledger, running: Job) -> None:
    ledger.cancelled(running.id, attempt=1)
    job = ledger.get(running.id)
    assert job.state is State.CANCELLED
    assert job.problem is not None
    assert job.problem["name"] == "job-cancelled"


@every_ending
@pytest.mark.parametrize("attempt", [0, 2])
def test_only_the_present_attempt_has_a_say(
    ledger: Ledger, running: Job, end: Ending, attempt: int
) -> None:
    with pytest.raises(LeaseLost, match=running.id):
        end(ledger, running.id, attempt)
    assert ledger.get(running.id) == running


@every_ending
def test_a_job_ends_once(ledger: Ledger, running: Job, end: Ending) -> None:
    ledger.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    ended = ledger.get(running.id)
    with pytest.raises(LeaseLost):
        end(ledger, running.id, 1)
    assert ledger.get(running.id) == ended


def test_of_twenty_who_end_one_attempt_at_once_one_has_its_way(
    ledger: Ledger, running: Job
) -> None:
    def end(number: int) -> str | None:
        key = f"results/{number}"
        try:
            ledger.succeed(running.id, attempt=1, result_key=key, audio_s=1.0)
        except LeaseLost:
            return None
        return key

    won = [key for key in run_concurrently(20, end) if key is not None]
    assert won == [ledger.get(running.id).result_key]


def test_a_job_given_back_is_queued_again_and_keeps_the_reason(
    ledger: Ledger, running: Job
) -> None:
    problem = EngineFailed("out of memory")
    ledger.requeue(running.id, attempt=1, problem=problem)
    job = ledger.get(running.id)
    assert (job.state, job.attempt, job.problem) == (State.QUEUED, 1, problem.to_wire())
    assert [one.id for one in ledger.releasable(10)] == [running.id]


def test_the_progress_of_a_lost_attempt_is_forgotten(ledger: Ledger, running: Job) -> None:
    ledger.beat(running.id, attempt=1, lease_s=60, progress=Progress(stage="align", done=0.5))
    ledger.requeue(running.id, attempt=1, problem=EngineFailed())
    assert ledger.get(running.id).progress is None


def test_each_claim_is_a_new_attempt(ledger: Ledger, running: Job) -> None:
    ledger.requeue(running.id, attempt=1, problem=EngineFailed())
    again = ledger.claim(running.id, worker="w2", lease_s=60)
    assert again is not None
    assert again.attempt == 2


def test_failures_are_counted_apart_from_attempts(ledger: Ledger, queued: Job) -> None:
    for attempt, counts in enumerate((True, False, True), start=1):
        ledger.claim(queued.id, worker="w1", lease_s=60)
        ledger.requeue(queued.id, attempt=attempt, problem=EngineFailed(), counts=counts)
    job = ledger.get(queued.id)
    assert (job.attempt, job.failures) == (3, 2)


def test_a_requeued_job_with_a_delay_is_neither_dispatched_nor_claimed(
    ledger: Ledger, running: Job
) -> None:
    ledger.requeue(running.id, attempt=1, problem=EngineFailed(), counts=True, delay_s=60)
    job = ledger.get(running.id)
    assert job.available_at is not None
    assert 50 < job.available_at - (running.started_at or 0) < 70
    assert ledger.releasable(10) == []
    assert ledger.released([job.id]) == set()
    assert ledger.claim(job.id, worker="w2", lease_s=60) is None


def test_a_job_is_dispatched_once_it_is_available(ledger: Ledger, running: Job) -> None:
    ledger.requeue(running.id, attempt=1, problem=EngineFailed(), counts=True, delay_s=0.05)
    while not ledger.releasable(10):  # pytest's own limit ends a ledger that never has it
        time.sleep(0.01)
    claimed = ledger.claim(running.id, worker="w2", lease_s=60)
    assert claimed is not None
    assert (claimed.attempt, claimed.available_at) == (2, None)


def test_a_waiting_job_can_be_cancelled(ledger: Ledger, running: Job) -> None:
    ledger.requeue(running.id, attempt=1, problem=EngineFailed(), delay_s=60)
    cancelled = ledger.ask_cancel(running.id, tenant=running.tenant)
    assert (cancelled.state, cancelled.available_at) == (State.CANCELLED, None)


def test_a_waiting_job_is_not_ahead_of_others(ledger: Ledger, running: Job) -> None:
    other = ledger.insert(new_job())
    ledger.requeue(running.id, attempt=1, problem=EngineFailed(), delay_s=60)
    assert ledger.ahead(other).jobs == 0
    assert sum(share.load.jobs for share in ledger.backlog()) == 2


def test_a_drain_costs_no_attempt(ledger: Ledger) -> None:
    job = ledger.insert(new_job(max_attempts=1))
    for attempt in (1, 2, 3):
        assert ledger.claim(job.id, worker="w1", lease_s=60) is not None
        ledger.requeue(job.id, attempt=attempt)
    assert ledger.get(job.id).state is State.QUEUED
    assert ledger.get(job.id).attempt == 3


def test_giving_back_an_unknown_job_says_so(ledger: Ledger) -> None:
    with pytest.raises(JobUnknown):
        ledger.requeue("nowhere", attempt=1)
