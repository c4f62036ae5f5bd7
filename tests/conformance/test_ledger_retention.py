"""Retention finds old jobs, oldest first, and purges only those without blobs or callbacks."""

from dataclasses import replace
from typing import get_args

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import EngineFailed, JobNotFound, Problem
from whisperfarm_store.ledger import Artifact, Idempotency, Ledger

NOW_S, LATER_S = -60.0, 3600.0


def ended(ledger: Ledger, problem: Problem | None = None, *, job: Job | None = None) -> Job:
    accepted = ledger.jobs.insert(job or new_job())
    ledger.attempts.claim(accepted.id, worker="w", lease_s=60)
    if problem is None:
        ledger.attempts.succeed(accepted.id, attempt=1, result_key="r", audio_s=1.0)
    else:
        ledger.attempts.fail(accepted.id, attempt=1, problem=problem)
    return accepted


def ids(jobs: list[Job]) -> list[str]:
    return [job.id for job in jobs]


@pytest.mark.parametrize("what", get_args(Artifact))
def test_due_for_deletion_lists_old_jobs_until_deleted(ledger: Ledger, what: Artifact) -> None:
    first, second = ended(ledger), ended(ledger, EngineFailed())
    assert ledger.retention.list_due(what, after_s=LATER_S, limit=9) == []
    assert ids(ledger.retention.list_due(what, after_s=NOW_S, limit=1)) == [first.id]
    ledger.retention.mark_deleted(what, first.id)
    assert ids(ledger.retention.list_due(what, after_s=NOW_S, limit=9)) == [second.id]


@pytest.mark.parametrize("what", get_args(Artifact))
def test_due_for_deletion_ignores_unfinished_jobs(
    ledger: Ledger, running: Job, what: Artifact
) -> None:
    ledger.jobs.insert(new_job())
    assert ledger.retention.list_due(what, after_s=NOW_S, limit=9) == []


def test_mark_deleted_sets_result_deleted_at(ledger: Ledger) -> None:
    job = ended(ledger)
    ledger.retention.mark_deleted("audio", job.id)
    assert ledger.jobs.get(job.id).result_deleted_at is None
    ledger.retention.mark_deleted("results", job.id)
    assert ledger.jobs.get(job.id).result_deleted_at is not None


def test_audio_of_a_quarantined_job_is_kept(
    ledger: Ledger,
) -> None:
    deadly = ledger.jobs.insert(new_job())
    ledger.attempts.claim(deadly.id, worker="w", lease_s=-1)
    ledger.dispatch.rescue(redispatch_after_s=LATER_S, max_worker_deaths=1)
    assert ledger.retention.list_due("audio", after_s=NOW_S, limit=9) == []
    assert ids(ledger.retention.list_due("results", after_s=NOW_S, limit=9)) == [deadly.id]
    ledger.jobs.retry_quarantined(deadly.id, new_job())
    assert ids(ledger.retention.list_due("audio", after_s=NOW_S, limit=9)) == [deadly.id]


def test_delete_jobs_deletes_jobs_without_artifacts(ledger: Ledger) -> None:
    job = ended(ledger)
    ledger.retention.mark_deleted("results", job.id)
    assert ledger.retention.delete_jobs(after_s=NOW_S, limit=9) == 0
    ledger.retention.mark_deleted("audio", job.id)
    assert ledger.retention.delete_jobs(after_s=LATER_S, limit=9) == 0
    assert ledger.retention.delete_jobs(after_s=NOW_S, limit=9) == 1
    with pytest.raises(JobNotFound):
        ledger.jobs.get(job.id)


def test_delete_jobs_keeps_jobs_with_pending_callbacks(ledger: Ledger) -> None:
    received = replace(new_job(), policy=JobPolicy(callback_url="http://callers.example/callback"))
    job = ended(ledger, job=received)
    for what in get_args(Artifact):
        ledger.retention.mark_deleted(what, job.id)
    assert ledger.retention.delete_jobs(after_s=NOW_S, limit=9) == 0


def test_deleted_key_can_be_used_again(ledger: Ledger) -> None:
    keys = [Idempotency(key=name, fingerprint="f") for name in ("k1", "k2")]
    first = [ledger.jobs.insert(new_job(), idempotency=key).id for key in keys]
    assert ledger.retention.delete_keys(after_s=LATER_S, limit=9) == 0
    assert ledger.retention.delete_keys(after_s=NOW_S, limit=1) == 1
    again = [ledger.jobs.insert(new_job(), idempotency=key).id for key in keys]
    assert again[0] != first[0]
    assert again[1] == first[1]


def test_existing_lists_jobs_until_they_are_deleted(ledger: Ledger, queued: Job) -> None:
    assert ledger.jobs.existing([queued.id, "unknown"]) == {queued.id}
    assert ledger.jobs.list_for_tenant(TENANT) == [queued]
