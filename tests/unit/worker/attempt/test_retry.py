"""What becomes of an attempt that ended with an error."""

import pytest

from whisperfarm_contract.problems import (
    AudioUnreadable,
    EngineFailed,
    FarmUnavailable,
    LanguageUnknown,
    ModelMissing,
    Problem,
    StorageFull,
)
from whisperfarm_store.blobs import BlobMissing
from whisperfarm_worker.attempt.monitor import Cancelled, Drained, Late, Lost
from whisperfarm_worker.attempt.retry import CallOff, Fail, GiveBack, Leave, PutOff, Retry, decide
from whisperfarm_worker.engines.errors import Poisoned


@pytest.mark.parametrize("problem", [AudioUnreadable("bad"), LanguageUnknown("who")])
def test_what_is_wrong_with_the_recording_or_request_stays_wrong(problem: Problem) -> None:
    assert decide(problem) == Fail(problem)


@pytest.mark.parametrize(
    "problem",
    [EngineFailed("x"), ModelMissing("x"), BlobMissing("x"), Poisoned("x")],
)
def test_what_is_wrong_with_the_farm_may_be_better_elsewhere(problem: Problem) -> None:
    assert decide(problem) == Retry(problem)


@pytest.mark.parametrize("problem", [StorageFull(), FarmUnavailable()])
def test_what_is_away_is_waited_for(problem: Problem) -> None:
    assert decide(problem) == PutOff(problem)


def test_an_unexpected_error_is_a_failure_of_the_engine_in_one_line() -> None:
    decision = decide(ValueError("first\nsecond"))
    assert isinstance(decision, Retry)
    assert isinstance(decision.problem, EngineFailed)
    assert decision.problem.detail == "the worker failed: ValueError: first"


def test_short_memory_is_said_to_be() -> None:
    decision = decide(MemoryError())
    assert isinstance(decision, Retry)
    assert "ran out of memory" in decision.problem.detail


def test_a_cancelled_job_is_called_off() -> None:
    assert decide(Cancelled()) == CallOff()


def test_a_job_that_is_late_fails() -> None:
    decision = decide(Late())
    assert isinstance(decision, Fail)
    assert decision.problem.name == "deadline-passed"


def test_a_draining_worker_gives_back() -> None:
    assert decide(Drained()) == GiveBack()


def test_a_job_that_was_lost_is_left_alone() -> None:
    assert decide(Lost()) == Leave()
