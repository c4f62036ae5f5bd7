"""What becomes of a job whose attempt was lost."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.transitions.decide import after_drain, after_loss, silent

REASON = EngineFailed("out of memory")


def _running(attempt: int, **changes: object) -> Job:
    job = replace(new_job(max_attempts=3), state=State.RUNNING, attempt=attempt)
    return replace(job, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_job_with_attempts_left_is_queued_with_the_reason(attempt: int) -> None:
    loss = after_loss(_running(attempt), REASON)
    assert (loss.to, loss.problem, loss.max_attempts) == (State.QUEUED, REASON.to_wire(), 3)


@pytest.mark.parametrize("attempt", [3, 4])
def test_a_job_without_attempts_left_fails_and_tells_the_last_reason(attempt: int) -> None:
    loss = after_loss(_running(attempt), REASON)
    assert loss.to is State.FAILED
    assert loss.problem is not None
    assert loss.problem["name"] == "attempts-spent"
    assert loss.problem["reason"] == REASON.to_wire()
    assert REASON.detail in loss.problem["detail"]


def test_a_job_that_is_to_be_cancelled_is_cancelled_however_its_attempt_ends() -> None:
    job = _running(1, cancel_asked=True)
    assert after_loss(job, REASON).to is State.CANCELLED
    assert after_drain(job).to is State.CANCELLED


def test_a_drain_gives_one_attempt_more_and_keeps_what_was_noted() -> None:
    loss = after_drain(_running(3, problem=REASON.to_wire()))
    assert (loss.to, loss.problem, loss.max_attempts) == (State.QUEUED, REASON.to_wire(), 4)


def test_a_silent_worker_is_named_with_the_stage_and_the_attempt() -> None:
    detail = silent("host:17", _running(2, progress=Progress(stage="align"))).detail
    assert all(word in detail for word in ("host:17", "align", "2"))
    assert "None" not in silent("host:17", _running(2)).detail
