"""How an attempt ends."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import AudioEmpty, EngineFailed, FarmUnavailable
from whisperfarm_contract.states import State
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_worker.attempt.retry import CallOff, Fail, GiveBack, Leave, PutOff, Retry
from whisperfarm_worker.attempt.settle import Deliver, Outcome, Settlement

JOB = replace(new_job(), id="job", attempt=3)
EMPTY, BROKEN = AudioEmpty("empty"), EngineFailed("broken")


@dataclass
class _Ledger:
    """Notes the calls; the first ones fail as they are told to."""

    errors: list[Exception] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    job: Job = JOB

    def get(self, job_id: str) -> Job:
        assert job_id == self.job.id
        return self.job

    def _note(self, name: str, job_id: str, **given: Any) -> None:
        assert job_id == JOB.id
        assert given.pop("attempt") == JOB.attempt
        self.calls.append((name, given))
        if self.errors:
            raise self.errors.pop(0)

    def succeed(self, job_id: str, **given: Any) -> None:
        self._note("succeed", job_id, **given)

    def fail(self, job_id: str, **given: Any) -> None:
        self._note("fail", job_id, **given)

    def cancelled(self, job_id: str, **given: Any) -> None:
        self._note("cancelled", job_id, **given)

    def give_back(self, job_id: str, **given: Any) -> None:
        self._note("give_back", job_id, **given)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    """With a transcript in it."""
    store = FolderBlobs(tmp_path)
    store.put("results/it", b"{}")
    return store


@pytest.mark.parametrize(
    ("outcome", "call"),
    [
        (Deliver("results/it", 9.5), ("succeed", {"result_key": "results/it", "audio_s": 9.5})),
        (Fail(EMPTY), ("fail", {"problem": EMPTY})),
        (Retry(BROKEN), ("give_back", {"problem": BROKEN})),
        (PutOff(BROKEN), ("give_back", {"problem": BROKEN})),
        (GiveBack(), ("give_back", {})),
        (CallOff(), ("cancelled", {})),
    ],
)
def test_each_outcome_has_its_call(
    blobs: FolderBlobs, outcome: Outcome, call: tuple[str, dict[str, Any]]
) -> None:
    ledger = _Ledger()
    Settlement(ledger, blobs).settle(JOB, outcome)
    assert ledger.calls == [call]


def test_a_job_that_was_lost_is_left_alone(blobs: FolderBlobs) -> None:
    ledger = _Ledger()
    Settlement(ledger, blobs).settle(JOB, Leave())
    assert ledger.calls == []


def test_a_ledger_that_is_away_for_a_moment_is_waited_for(blobs: FolderBlobs) -> None:
    ledger, pauses = _Ledger(errors=[FarmUnavailable(), FarmUnavailable()]), list[float]()
    Settlement(ledger, blobs, pause=pauses.append).settle(JOB, CallOff())
    assert len(ledger.calls) == 3
    assert pauses == sorted(pauses)
    assert len(pauses) == 2


def test_a_ledger_that_stays_away_is_given_up_on_and_the_transcript_stays(
    blobs: FolderBlobs,
) -> None:
    ledger = _Ledger(errors=[FarmUnavailable()] * 99)
    Settlement(ledger, blobs, pause=lambda _: None).settle(JOB, Deliver("results/it", 1.0))
    assert 1 < len(ledger.calls) < 10
    assert blobs.size("results/it") is not None


def test_a_transcript_that_comes_too_late_leaves_nothing_behind(blobs: FolderBlobs) -> None:
    ledger = _Ledger(errors=[LeaseLost()])
    Settlement(ledger, blobs).settle(JOB, Deliver("results/it", 1.0))
    assert len(ledger.calls) == 1
    assert blobs.size("results/it") is None


def test_a_transcript_that_the_ledger_took_without_our_hearing_of_it_stays(
    blobs: FolderBlobs,
) -> None:
    taken = replace(JOB, state=State.SUCCEEDED, result_key="results/it")
    ledger = _Ledger(errors=[FarmUnavailable(), LeaseLost()], job=taken)
    settlement = Settlement(ledger, blobs, pause=lambda _: None)
    settlement.settle(JOB, Deliver("results/it", 1.0))
    assert blobs.size("results/it") is not None
