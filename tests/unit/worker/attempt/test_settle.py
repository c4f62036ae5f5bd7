"""Settling an attempt in the ledger."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.attempt_decision import Abandon, Cancel, Fail, Requeue, Retry, Snooze
from whisperfarm_contract.identifiers import peaks_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import AudioEmpty, EngineFailed, FarmUnavailable, Problem
from whisperfarm_contract.states import JobState
from whisperfarm_contract.voices import Voice
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_worker.attempt.settle import Deliver, Outcome, Settlement

JOB = replace(new_job(), id="job", attempt=3)
EMPTY, BROKEN, AWAY = AudioEmpty("empty"), EngineFailed("broken"), FarmUnavailable()


@dataclass
class _Ledger:
    """Records the calls; the first ones fail with given errors."""

    errors: list[Exception] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    job: Job = JOB

    def __post_init__(self) -> None:
        self.jobs = self.attempts = self

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

    def requeue(self, job_id: str, **given: Any) -> None:
        self._note("requeue", job_id, **given)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    """Return a blob store with a transcript."""
    store = FolderBlobs(tmp_path)
    store.put("results/it", b"{}")
    return store


VOICE = Voice(speaker="SPEAKER_00", model="m", speech_s=4.5, embedding=(1.0,))


@pytest.mark.parametrize(
    ("outcome", "call"),
    [
        (
            Deliver("results/it", 9.5, ("cut short",), 4.5, result_sha256="ab", voices=(VOICE,)),
            (
                "succeed",
                {
                    **{"result_key": "results/it", "audio_s": 9.5, "speech_s": 4.5},
                    "warnings": ("cut short",),
                    "result_sha256": "ab",
                    "voices": (VOICE,),
                },
            ),
        ),
        (Fail(EMPTY), ("fail", {"problem": EMPTY})),
        (Retry(BROKEN, 2), ("requeue", {"problem": BROKEN, "counts": True, "delay_s": 2})),
        (Snooze(AWAY, 5), ("requeue", {"problem": AWAY, "delay_s": 5})),
        (Requeue(), ("requeue", {})),
    ],
)
def test_each_outcome_has_its_call(
    blobs: FolderBlobs, outcome: Outcome, call: tuple[str, dict[str, Any]]
) -> None:
    ledger = _Ledger()
    Settlement(ledger, blobs).settle(JOB, outcome)
    assert ledger.calls == [call]


@pytest.mark.parametrize("outcome", [Abandon(), Cancel()])
def test_settle_writes_nothing_for_a_job_that_has_ended(
    blobs: FolderBlobs, outcome: Outcome
) -> None:
    ledger = _Ledger()
    Settlement(ledger, blobs).settle(JOB, outcome)
    assert ledger.calls == []


def test_outcome_is_settled_once_the_ledger_is_available(
    blobs: FolderBlobs,
) -> None:
    ledger, suspected, settled = _Ledger(errors=[AWAY, AWAY]), list[Problem](), list[bool]()
    settlement = Settlement(ledger, blobs, report_unavailable=suspected.append)
    settlement.settle(JOB, Deliver("results/it", 1.0), then=settled.append)
    assert (suspected, settled) == ([AWAY], [])
    settlement.settle_postponed()
    assert settled == []
    settlement.settle_postponed()
    assert settled == [True]
    settlement.settle_postponed()
    assert len(ledger.calls) == 3
    assert blobs.size("results/it") is not None


def test_kept_outcomes_are_settled_in_order(blobs: FolderBlobs) -> None:
    ledger = _Ledger(errors=[AWAY, AWAY])
    settlement = Settlement(ledger, blobs)
    settlement.settle(JOB, Fail(EMPTY))
    settlement.settle(JOB, Requeue())
    settlement.settle_postponed()
    assert [name for name, _ in ledger.calls] == [
        "fail",
        "requeue",
        "fail",
        "requeue",
    ]


def test_kept_outcome_of_a_lost_lease_is_deleted(blobs: FolderBlobs) -> None:
    blobs.put(peaks_key("results/it"), b"peaks")
    ledger, settled = _Ledger(errors=[AWAY, LeaseLost()]), list[bool]()
    settlement = Settlement(ledger, blobs)
    settlement.settle(JOB, Deliver("results/it", 1.0), then=settled.append)
    settlement.settle_postponed()
    assert settled == [False]
    assert list(blobs.keys("results/")) == []


def test_finish_settles_what_is_kept_before_the_process_ends(blobs: FolderBlobs) -> None:
    ledger, settled = _Ledger(errors=[AWAY, AWAY]), list[bool]()
    settlement = Settlement(ledger, blobs)
    settlement.settle(JOB, Requeue(), then=settled.append)
    settlement.finish(within_s=60)
    assert settled == [True]


def test_finish_gives_up_when_its_time_is_over(blobs: FolderBlobs) -> None:
    settlement = Settlement(_Ledger(errors=[AWAY] * 99), blobs)
    settlement.settle(JOB, Deliver("results/it", 1.0))
    settlement.finish(within_s=0.01)
    assert blobs.size("results/it") is not None


def test_settle_deletes_the_transcript_of_a_lost_lease(blobs: FolderBlobs) -> None:
    ledger = _Ledger(errors=[LeaseLost()])
    Settlement(ledger, blobs).settle(JOB, Deliver("results/it", 1.0))
    assert len(ledger.calls) == 1
    assert blobs.size("results/it") is None


def test_settle_keeps_a_transcript_that_the_ledger_accepted(
    blobs: FolderBlobs,
) -> None:
    taken = replace(JOB, state=JobState.SUCCEEDED, result_key="results/it")
    ledger = _Ledger(errors=[FarmUnavailable(), LeaseLost()], job=taken)
    settlement = Settlement(ledger, blobs)
    settlement.settle(JOB, Deliver("results/it", 1.0))
    settlement.settle_postponed()
    assert blobs.size("results/it") is not None
