"""What follows an attempt that ended with an error."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.attempt_decision import (
    Abandon,
    Cancel,
    Decision,
    Fail,
    Requeue,
    Retry,
    Snooze,
    deadline_exceeded,
)
from whisperfarm_contract.job import Progress
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import (
    AudioUnreadable,
    EngineFailed,
    FarmUnavailable,
    Problem,
)
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import BlobDamaged, BlobNotFound, EncryptionKeyMissing
from whisperfarm_worker.attempt.monitor import (
    Cancelled,
    DeadlineReached,
    LeaseExpired,
    LeaseLost,
    WorkerDraining,
)
from whisperfarm_worker.attempt.retry import decide
from whisperfarm_worker.engines.errors import DeviceFailed

JOB = replace(
    new_job(),
    state=JobState.RUNNING,
    attempt=2,
    policy=JobPolicy(deadline_s=90),
    problem=EngineFailed("broken before").to_wire(),
    progress=Progress(stage="align"),
)


def _decide(error: BaseException) -> Decision:
    return decide(error, JOB, chance=0.5)


def test_problem_of_the_recording_fails_the_job() -> None:
    problem = AudioUnreadable("bad")
    assert _decide(problem) == Fail(problem)


@pytest.mark.parametrize(
    "problem", [EngineFailed("x"), BlobNotFound("x"), BlobDamaged("x"), DeviceFailed("x")]
)
def test_problem_of_the_farm_is_retried(problem: Problem) -> None:
    assert _decide(problem) == Retry(problem, 2.0)


@pytest.mark.parametrize("problem", [FarmUnavailable(), EncryptionKeyMissing("x")])
def test_unavailable_dependency_snoozes_the_job(problem: Problem) -> None:
    assert _decide(problem) == Snooze(problem, 5.0)


def test_unexpected_error_is_a_failure_of_the_engine_in_one_line() -> None:
    decision = _decide(ValueError("first\nsecond"))
    assert isinstance(decision, Retry)
    assert isinstance(decision.problem, EngineFailed)
    assert decision.problem.detail == "the worker failed: ValueError: first"


def test_lack_of_memory_is_named() -> None:
    decision = _decide(MemoryError())
    assert isinstance(decision, Retry)
    assert "ran out of memory" in decision.problem.detail


def test_cancelled_job_is_cancelled() -> None:
    assert _decide(Cancelled()) == Cancel()


def test_exceeded_deadline_fails_the_job_like_the_rescue() -> None:
    decision = _decide(DeadlineReached())
    assert isinstance(decision, Fail)
    document = decision.problem.to_wire()
    assert document == deadline_exceeded(JOB).to_wire()
    assert "in stage align" in document["detail"]
    assert "90 s" in document["detail"]
    assert document["reason"]["detail"] == "broken before"


def test_draining_worker_requeues_the_job() -> None:
    assert _decide(WorkerDraining()) == Requeue()


def test_lost_lease_abandons_the_job() -> None:
    assert _decide(LeaseLost()) == Abandon()


def test_expired_lease_snoozes_the_job_without_a_delay() -> None:
    decision = _decide(LeaseExpired())
    assert isinstance(decision, Snooze)
    assert (decision.problem.name, decision.delay_s) == ("farm-unavailable", 0.0)
