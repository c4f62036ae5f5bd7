"""What follows an attempt that did not succeed."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.attempt_decision import (
    RETRY_POLICY,
    SNOOZE_POLICY,
    Fail,
    Retry,
    Snooze,
    after_problem,
    after_worker_lost,
    deadline_exceeded,
    worker_lost,
)
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import (
    AudioUnreadable,
    EngineFailed,
    FarmUnavailable,
    MissingModel,
    Problem,
    ScratchFull,
    StorageFull,
    UnknownLanguage,
    WorkerLost,
)
from whisperfarm_contract.states import JobState

REASON = EngineFailed("out of memory")


def _running(**changes: object) -> Job:
    job = replace(new_job(max_attempts=3), state=JobState.RUNNING, attempt=9)
    return replace(job, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("problem", [AudioUnreadable("bad"), UnknownLanguage("who")])
def test_problem_of_the_recording_or_request_fails_the_job(problem: Problem) -> None:
    assert after_problem(problem, _running(), chance=0.5) == Fail(problem)


@pytest.mark.parametrize("problem", [REASON, MissingModel("x")])
def test_problem_of_the_farm_is_retried_after_a_delay(problem: Problem) -> None:
    assert after_problem(problem, _running(), chance=0.5) == Retry(problem, 2.0)


@pytest.mark.parametrize("failures", [0, 2])
def test_unavailable_dependency_snoozes_a_job_with_any_failures(failures: int) -> None:
    problem = FarmUnavailable()
    decision = after_problem(problem, _running(failures=failures), chance=0.5)
    assert decision == Snooze(problem, SNOOZE_POLICY.initial_s)


def test_full_storage_snoozes_a_job_longer_with_each_attempt() -> None:
    problem = StorageFull()
    decisions = [
        after_problem(problem, _running(attempt=attempt, failures=2), chance=0.5)
        for attempt in (3, 4, 5, 40)
    ]
    assert decisions == [Snooze(problem, delay_s) for delay_s in (5.0, 10.0, 20.0, 300.0)]


def test_full_scratch_disk_counts_and_waits_for_other_jobs() -> None:
    problem = ScratchFull("the disk of /tmp has no space left")
    decisions = [after_problem(problem, _running(failures=one), chance=0.5) for one in range(3)]
    assert decisions[:2] == [Retry(problem, 30.0), Retry(problem, 120.0)]
    assert isinstance(decisions[2], Fail)
    assert problem.detail in decisions[2].problem.detail


def test_retry_delay_grows_with_failures_not_attempts() -> None:
    delays = [
        decision.delay_s
        for failures in range(4)
        for decision in [
            after_problem(REASON, _running(failures=failures, max_attempts=9), chance=0.5)
        ]
        if isinstance(decision, Retry)
    ]
    assert delays == [RETRY_POLICY.delay_s(number, chance=0.5) for number in (1, 2, 3, 4)]
    assert delays == sorted(set(delays))


def test_job_fails_when_its_failures_reach_the_maximum() -> None:
    decision = after_problem(REASON, _running(failures=2), chance=0.5)
    assert isinstance(decision, Fail)
    document = decision.problem.to_wire()
    assert document["name"] == "attempts-exhausted"
    assert document["reason"] == REASON.to_wire()
    assert REASON.detail in document["detail"]
    assert "after 3 attempts" in document["detail"]


def test_lost_worker_is_retried_without_a_delay() -> None:
    decision = after_worker_lost("w1", _running(), max_worker_deaths=3)
    assert isinstance(decision, Retry)
    assert isinstance(decision.problem, WorkerLost)
    assert decision.delay_s == 0


def test_too_many_lost_workers_quarantine_the_job() -> None:
    decision = after_worker_lost("w1", _running(worker_deaths=2), max_worker_deaths=3)
    assert isinstance(decision, Fail)
    assert decision.problem.name == "job-quarantined"


def test_lost_worker_is_named_with_the_stage_and_the_attempt() -> None:
    detail = worker_lost("host:17", _running(progress=Progress(stage="align"))).detail
    assert all(word in detail for word in ("host:17", "align", "9"))
    assert "None" not in worker_lost("host:17", _running()).detail


def test_deadline_exceeded_names_stage_deadline_and_last_problem() -> None:
    job = _running(
        policy=JobPolicy(deadline_s=90),
        progress=Progress(stage="align"),
        problem=REASON.to_wire(),
    )
    document = deadline_exceeded(job).to_wire()
    assert "in stage align" in document["detail"]
    assert "90 s" in document["detail"]
    assert document["reason"] == REASON.to_wire()
    assert "reason" not in deadline_exceeded(replace(job, problem=None)).to_wire()
