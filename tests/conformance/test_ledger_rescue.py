"""Losing a worker or the broker loses no job: leases expire and jobs are dispatched again."""

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import new_job
from tests.support.waiting import until
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import LeaseLost, Ledger

LATER_S, AT_ONCE_S = 60.0, -1.0


def test_rescue_requeues_a_job_of_a_lost_worker(ledger: Ledger, expired: Job) -> None:
    [rescued] = ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    assert rescued == ledger.jobs.get(expired.id)
    assert (rescued.state, rescued.attempt) == (JobState.QUEUED, 1)
    assert rescued.problem is not None
    assert rescued.problem["name"] == "worker-lost"
    assert "w1" in rescued.problem["detail"]
    assert [job.id for job in ledger.dispatch.list_available(10)] == [expired.id]


def test_worker_lost_problem_names_the_stage(ledger: Ledger, expired: Job) -> None:
    ledger.attempts.heartbeat(expired.id, attempt=1, lease_s=-1, progress=Progress(stage="align"))
    [rescued] = ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    assert rescued.problem is not None
    assert "align" in rescued.problem["detail"]


def test_rescue_keeps_a_live_lease(ledger: Ledger, running: Job) -> None:
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S) == []
    assert ledger.jobs.get(running.id) == running


def test_lost_worker_counts_as_a_failure_without_delay(ledger: Ledger, expired: Job) -> None:
    [rescued] = ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    assert (rescued.failures, rescued.worker_deaths, rescued.available_at) == (1, 1, None)


def test_rescue_spares_leases_on_request(ledger: Ledger, expired: Job) -> None:
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S, spare_leases=True) == []
    assert ledger.jobs.get(expired.id) == expired


def test_rescued_attempt_cannot_finish_the_job(ledger: Ledger, expired: Job) -> None:
    ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    ledger.attempts.claim(expired.id, worker="w2", lease_s=60)
    assert not ledger.attempts.heartbeat(expired.id, attempt=1, lease_s=60).held
    with pytest.raises(LeaseLost):
        ledger.attempts.succeed(expired.id, attempt=1, result_key="late", audio_s=1.0)
    with pytest.raises(LeaseLost):
        ledger.attempts.fail(expired.id, attempt=1, problem=EngineFailed())
    ledger.attempts.succeed(expired.id, attempt=2, result_key="timely", audio_s=1.0)
    assert ledger.jobs.get(expired.id).result_key == "timely"


def test_rescue_fails_a_job_without_attempts_left(ledger: Ledger) -> None:
    job = ledger.jobs.insert(new_job(max_attempts=2))
    for worker in ("w1", "w2"):
        ledger.attempts.claim(job.id, worker=worker, lease_s=-1)
        ledger.dispatch.rescue(redispatch_after_s=LATER_S)
    failed = ledger.jobs.get(job.id)
    assert (failed.state, failed.attempt) == (JobState.FAILED, 2)
    assert failed.problem is not None
    assert failed.problem["name"] == "attempts-exhausted"
    assert failed.problem["reason"]["name"] == "worker-lost"
    assert "w2" in failed.problem["detail"]


def test_rescue_redispatches_an_undelivered_job(ledger: Ledger, queued: Job) -> None:
    ledger.dispatch.mark([queued.id])
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S) == []
    assert [job.id for job in ledger.dispatch.rescue(redispatch_after_s=AT_ONCE_S)] == [queued.id]
    assert ledger.dispatch.count_unclaimed() == 0
    assert [job.id for job in ledger.dispatch.list_available(10)] == [queued.id]


def test_rescue_ignores_a_job_that_was_not_dispatched(ledger: Ledger, queued: Job) -> None:
    assert ledger.dispatch.rescue(redispatch_after_s=AT_ONCE_S) == []
    assert ledger.jobs.get(queued.id) == queued


def test_concurrent_rescues_requeue_each_job_once(ledger: Ledger) -> None:
    ids = [ledger.jobs.insert(new_job()).id for _ in range(20)]
    for job_id in ids:
        ledger.attempts.claim(job_id, worker="w1", lease_s=-1)
    rescues = run_concurrently(5, lambda _: ledger.dispatch.rescue(redispatch_after_s=LATER_S))
    assert sorted(job.id for moved in rescues for job in moved) == sorted(ids)


def test_finish_during_a_rescue_has_one_winner(ledger: Ledger) -> None:
    ids = [ledger.jobs.insert(new_job()).id for _ in range(20)]
    for job_id in ids:
        ledger.attempts.claim(job_id, worker="w1", lease_s=-1)

    def act(number: int) -> set[str]:
        if number == 0:
            return {job.id for job in ledger.dispatch.rescue(redispatch_after_s=LATER_S)}
        return {job_id for job_id in ids if _ends(ledger, job_id)}

    rescued, ended = run_concurrently(2, act)
    assert rescued | ended == set(ids)
    assert not rescued & ended
    assert ended == ledger.jobs.finished_among(ids)


def _ends(ledger: Ledger, job_id: str) -> bool:
    try:
        ledger.attempts.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    except LeaseLost:
        return False
    return True


def test_finished_among_lists_finished_jobs(ledger: Ledger, running: Job) -> None:
    waiting = ledger.jobs.insert(new_job())
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    many = [f"unknown-{number}" for number in range(2000)]
    assert ledger.jobs.finished_among([*many, running.id, waiting.id]) == {running.id}
    assert ledger.jobs.finished_among([]) == set()


def test_rescue_shortens_leases_from_before_the_clock_was_set_back(
    ledger: Ledger, queued: Job
) -> None:
    ledger.attempts.claim(queued.id, worker="dead", lease_s=7200)
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S) == []
    rescued = until(
        lambda: ledger.dispatch.rescue(redispatch_after_s=LATER_S, lease_s=0.01),
        "the end of the lease",
    )
    assert [job.id for job in rescued] == [queued.id]


def test_rescue_keeps_leases_of_the_current_length(ledger: Ledger, queued: Job) -> None:
    ledger.attempts.claim(queued.id, worker="w1", lease_s=60)
    before = ledger.jobs.get(queued.id)
    assert ledger.dispatch.rescue(redispatch_after_s=LATER_S, lease_s=60) == []
    assert ledger.jobs.get(queued.id) == before
