"""A job under which workers die runs alone, and is quarantined if workers keep dying."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import EngineFailed, JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Ledger

LATER_S = 60.0


def _kill(ledger: Ledger, job_id: str, *, times: int = 1, max_worker_deaths: int = 3) -> Job:
    """Return the job after this many worker deaths."""
    for _ in range(times):
        claimed = ledger.attempts.claim(job_id, worker="w", lease_s=-1)
        assert claimed is not None
        ledger.attempts.heartbeat(
            job_id, attempt=claimed.attempt, lease_s=-1, progress=Progress(stage="align")
        )
        ledger.dispatch.rescue(redispatch_after_s=LATER_S, max_worker_deaths=max_worker_deaths)
    return ledger.jobs.get(job_id)


def test_second_worker_death_makes_a_suspect(ledger: Ledger, queued: Job) -> None:
    job = _kill(ledger, queued.id)
    assert (job.state, job.worker_deaths) == (JobState.QUEUED, 1)
    assert not ledger.attempts.is_suspect(queued.id)
    assert _kill(ledger, queued.id).worker_deaths == 2
    assert ledger.attempts.is_suspect(queued.id)
    assert not ledger.attempts.is_suspect("unknown")


def test_requeued_job_is_no_suspect(ledger: Ledger, running: Job) -> None:
    ledger.attempts.requeue(running.id, attempt=1, problem=EngineFailed())
    ledger.attempts.claim(running.id, worker="w", lease_s=60)
    ledger.attempts.requeue(running.id, attempt=2)
    assert ledger.jobs.get(running.id).worker_deaths == 0


def test_claim_with_skip_suspects_returns_none_for_a_suspect(ledger: Ledger, queued: Job) -> None:
    _kill(ledger, queued.id, times=2)
    assert ledger.attempts.claim(queued.id, worker="w", lease_s=60, skip_suspects=True) is None
    assert ledger.attempts.claim(queued.id, worker="w", lease_s=60) is not None
    assert not ledger.attempts.is_suspect(queued.id)  # it has a running job


def test_claim_with_skip_suspects_takes_other_jobs(ledger: Ledger, queued: Job) -> None:
    _kill(ledger, queued.id)
    assert ledger.attempts.claim(queued.id, worker="w", lease_s=60, skip_suspects=True) is not None


def test_too_many_worker_deaths_quarantine_the_job(ledger: Ledger, queued: Job) -> None:
    assert _kill(ledger, queued.id, times=2).state is JobState.QUEUED
    job = _kill(ledger, queued.id)
    assert (job.state, job.worker_deaths) == (JobState.FAILED, 3)
    assert job.problem is not None
    assert job.problem["name"] == "job-quarantined"
    assert "3 workers" in job.problem["detail"]
    assert "in stage align" in job.problem["detail"]
    assert ledger.jobs.list_quarantined(limit=10) == [job]


def test_job_without_attempts_left_is_not_quarantined(ledger: Ledger) -> None:
    job = _kill(ledger, ledger.jobs.insert(new_job(max_attempts=2)).id, times=2)
    assert job.problem is not None
    assert job.problem["name"] == "attempts-exhausted"
    assert ledger.jobs.list_quarantined(limit=10) == []


def test_quarantine_cancels_a_job_with_a_requested_cancel(ledger: Ledger, queued: Job) -> None:
    claimed = ledger.attempts.claim(queued.id, worker="w", lease_s=-1)
    assert claimed is not None
    ledger.jobs.request_cancel(queued.id, tenant=queued.tenant)
    ledger.dispatch.rescue(redispatch_after_s=LATER_S, max_worker_deaths=1)
    assert ledger.jobs.get(queued.id).state is JobState.CANCELLED


def test_retry_quarantined_inserts_the_successor_once(ledger: Ledger, queued: Job) -> None:
    kept = _kill(ledger, queued.id, max_worker_deaths=1)
    successor = replace(new_job(), worker_deaths=2)
    made = ledger.jobs.retry_quarantined(kept.id, successor)
    assert (made.id, made.state, made.attempt) == (successor.id, JobState.QUEUED, 0)
    assert ledger.attempts.is_suspect(made.id)
    assert ledger.jobs.get(kept.id) == kept
    assert ledger.jobs.list_quarantined(limit=10) == []
    with pytest.raises(JobNotFound):
        ledger.jobs.retry_quarantined(kept.id, new_job("another"))
    with pytest.raises(JobNotFound):
        ledger.jobs.get("another")
