"""A job under which workers die runs alone, and is kept aside when it goes on."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import EngineFailed, JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Ledger

LATER_S = 60.0


def _kill(ledger: Ledger, job_id: str, *, times: int = 1, max_kills: int = 3) -> Job:
    """The job after so many workers died under it."""
    for _ in range(times):
        claimed = ledger.claim(job_id, worker="w", lease_s=-1)
        assert claimed is not None
        ledger.beat(job_id, attempt=claimed.attempt, lease_s=-1, progress=Progress(stage="align"))
        ledger.rescue(rerelease_after_s=LATER_S, max_kills=max_kills)
    return ledger.get(job_id)


def test_workers_that_die_are_counted_and_the_second_makes_the_job_a_suspect(
    ledger: Ledger, queued: Job
) -> None:
    job = _kill(ledger, queued.id)
    assert (job.state, job.kills) == (State.QUEUED, 1)
    assert not ledger.is_suspect(queued.id)
    assert _kill(ledger, queued.id).kills == 2
    assert ledger.is_suspect(queued.id)
    assert not ledger.is_suspect("unknown")


def test_a_job_that_was_given_back_is_no_suspect(ledger: Ledger, running: Job) -> None:
    ledger.requeue(running.id, attempt=1, problem=EngineFailed())
    ledger.claim(running.id, worker="w", lease_s=60)
    ledger.requeue(running.id, attempt=2)
    assert ledger.get(running.id).kills == 0


def test_a_suspect_is_not_to_be_had_by_those_who_trust(ledger: Ledger, queued: Job) -> None:
    _kill(ledger, queued.id, times=2)
    assert ledger.claim(queued.id, worker="w", lease_s=60, trusted=True) is None
    assert ledger.claim(queued.id, worker="w", lease_s=60) is not None
    assert not ledger.is_suspect(queued.id)  # it is at work


def test_a_job_that_is_no_suspect_is_to_be_had_by_all(ledger: Ledger, queued: Job) -> None:
    _kill(ledger, queued.id)
    assert ledger.claim(queued.id, worker="w", lease_s=60, trusted=True) is not None


def test_after_too_many_it_fails_and_says_how_often_and_in_which_stage(
    ledger: Ledger, queued: Job
) -> None:
    assert _kill(ledger, queued.id, times=2).state is State.QUEUED
    job = _kill(ledger, queued.id)
    assert (job.state, job.kills) == (State.FAILED, 3)
    assert job.problem is not None
    assert job.problem["name"] == "job-quarantined"
    assert "3 in number" in job.problem["detail"]
    assert "in stage align" in job.problem["detail"]
    assert ledger.quarantined(limit=10) == [job]


def test_a_job_whose_attempts_are_spent_first_is_not_kept(ledger: Ledger) -> None:
    job = _kill(ledger, ledger.insert(new_job(max_attempts=2)).id, times=2)
    assert job.problem is not None
    assert job.problem["name"] == "attempts-spent"
    assert ledger.quarantined(limit=10) == []


def test_a_job_that_was_to_be_cancelled_is_cancelled(ledger: Ledger, queued: Job) -> None:
    claimed = ledger.claim(queued.id, worker="w", lease_s=-1)
    assert claimed is not None
    ledger.ask_cancel(queued.id, tenant=queued.tenant)
    ledger.rescue(rerelease_after_s=LATER_S, max_kills=1)
    assert ledger.get(queued.id).state is State.CANCELLED


def test_a_job_is_let_go_once_and_another_takes_its_place(ledger: Ledger, queued: Job) -> None:
    kept = _kill(ledger, queued.id, max_kills=1)
    successor = replace(new_job(), kills=2)
    made = ledger.release_quarantined(kept.id, successor)
    assert (made.id, made.state, made.attempt) == (successor.id, State.QUEUED, 0)
    assert ledger.is_suspect(made.id)
    assert ledger.get(kept.id) == kept
    assert ledger.quarantined(limit=10) == []
    with pytest.raises(JobUnknown):
        ledger.release_quarantined(kept.id, new_job("another"))
    with pytest.raises(JobUnknown):
        ledger.get("another")
