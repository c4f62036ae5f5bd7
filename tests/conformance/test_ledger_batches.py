"""Counting and cancelling the jobs of a batch."""

from dataclasses import replace

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.problems import BatchNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Batch, JobFilter, Ledger

NIGHT = JobLabels(batch="night")


def insert(ledger: Ledger, labels: JobLabels = NIGHT, *, tenant: str = TENANT) -> Job:
    job = new_job(tenant=tenant)
    return ledger.jobs.insert(
        replace(job, labels=labels, audio=replace(job.audio, duration_s=10.0))
    )


def claim(ledger: Ledger, job: Job) -> Job:
    claimed = ledger.attempts.claim(job.id, worker="w", lease_s=60)
    assert claimed is not None
    return claimed


def test_batch_counts_its_jobs_and_their_audio_by_state(ledger: Ledger) -> None:
    first, second, third = (insert(ledger) for _ in range(3))
    for job in (JobLabels(), JobLabels(batch="day")):
        insert(ledger, job)
    claim(ledger, first)
    claim(ledger, second)
    ledger.attempts.succeed(second.id, attempt=1, result_key="r", audio_s=9.5)
    assert ledger.batches.get("night", tenant=TENANT) == Batch(
        id="night",
        jobs={
            JobState.QUEUED: 1,
            JobState.RUNNING: 1,
            JobState.SUCCEEDED: 1,
            JobState.FAILED: 0,
            JobState.CANCELLED: 0,
        },
        audio_s=29.5,
        transcribed_s=9.5,
        created_at=first.created_at,
        changed_at=ledger.jobs.get(second.id).finished_at or third.created_at,
    )


def test_batches_of_one_name_belong_to_different_tenants(ledger: Ledger) -> None:
    own, foreign = insert(ledger), insert(ledger, tenant="umbrella")
    assert sum(ledger.batches.get("night", tenant=TENANT).jobs.values()) == 1
    assert [job.id for job in ledger.batches.cancel_some("night", tenant=TENANT)] == [own.id]
    assert ledger.jobs.get(foreign.id) == foreign


@pytest.mark.parametrize("batch_id", ["day", "", "a\0b", "é" * 300])
def test_batch_without_jobs_does_not_exist(ledger: Ledger, batch_id: str) -> None:
    insert(ledger)
    assert ledger.batches.cancel_some(batch_id, tenant=TENANT) == []
    with pytest.raises(BatchNotFound):
        ledger.batches.get(batch_id, tenant=TENANT)


def test_cancel_ends_the_unfinished_jobs_of_a_batch_in_bounded_parts(ledger: Ledger) -> None:
    running, succeeded, *_ = (insert(ledger) for _ in range(6))
    other = insert(ledger, JobLabels(batch="day"))
    claim(ledger, running)
    claim(ledger, succeeded)
    ledger.attempts.succeed(succeeded.id, attempt=1, result_key="r", audio_s=9.5)
    parts = [ledger.batches.cancel_some("night", tenant=TENANT, limit=2) for _ in range(4)]
    assert [len(part) for part in parts] == [2, 2, 1, 0]
    assert {job.state for part in parts for job in part} == {JobState.CANCELLED}
    batch = ledger.batches.get("night", tenant=TENANT)
    assert (batch.jobs[JobState.CANCELLED], batch.jobs[JobState.SUCCEEDED]) == (5, 1)
    assert batch.is_finished
    assert ledger.jobs.get(other.id) == other


def test_jobs_of_a_batch_are_listed(ledger: Ledger) -> None:
    ids = [insert(ledger).id for _ in range(3)]
    insert(ledger, JobLabels(batch="day"))
    wanted = JobFilter(batch="night")
    assert [job.id for job in ledger.jobs.list_for_tenant(TENANT, wanted=wanted)] == ids[::-1]
    page = ledger.jobs.list_for_tenant(TENANT, wanted=wanted, before=ids[1])
    assert [job.labels.batch for job in page] == ["night"]
