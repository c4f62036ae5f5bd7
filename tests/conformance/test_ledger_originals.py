"""The recording of a job with `originals=destroy` is deleted once no attempt needs it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_store.ledger import Idempotency, Ledger
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.originals import ON_REQUEST

DAY_S = 86_400.0


def accepted(ledger: Ledger, *, originals: str = "destroy", keep_audio_days: float = 9) -> Job:
    options = Options(redact="card", originals=originals)
    policy = JobPolicy(keep_audio_days=keep_audio_days)
    return ledger.jobs.insert(replace(new_job(), options=options, policy=policy))


def claimed(ledger: Ledger, **fields: Any) -> Job:
    job = ledger.attempts.claim(accepted(ledger, **fields).id, worker="w", lease_s=60)
    assert job is not None
    return job


def succeed(ledger: Ledger, job: Job) -> None:
    ledger.attempts.succeed(job.id, attempt=job.attempt, result_key="r", audio_s=1.0)


def fail(ledger: Ledger, job: Job) -> None:
    ledger.attempts.fail(job.id, attempt=job.attempt, problem=EngineFailed())


def to_delete(ledger: Ledger) -> list[tuple[str, str]]:
    return [(artifact, job.id) for artifact, job in ledger.erasures.list(limit=9)]


def let_days_pass(ledger: Ledger, job: Job, days: float) -> None:
    earlier = jobs.update().where(jobs.c.id == job.id)
    with ledger.database.write() as connection:
        connection.execute(earlier.values(audio_due_at=jobs.c.audio_due_at - days * DAY_S))


def test_deletion_begins_when_the_job_succeeds(kept: Ledger) -> None:
    job, other = claimed(kept), claimed(kept, originals="keep")
    assert to_delete(kept) == []
    succeed(kept, job)
    succeed(kept, other)
    assert to_delete(kept) == [("audio", job.id)]
    assert kept.erasures.has_begun("audio", job.id)
    kept.retention.mark_deleted("audio", job.id)
    assert not kept.erasures.has_begun("audio", job.id)
    last = kept.custody.get(job.id, tenant=TENANT).entries[-1]
    assert (last.kind, json.loads(last.body)) == (
        *("deleted", {"what": "audio", "reason": ON_REQUEST}),
    )


def test_deletion_begins_when_the_job_is_cancelled(ledger: Ledger) -> None:
    job = accepted(ledger)
    ledger.jobs.request_cancel(job.id, tenant=TENANT)
    assert to_delete(ledger) == [("audio", job.id)]


def test_requeued_job_keeps_its_recording(ledger: Ledger) -> None:
    job = claimed(ledger)
    ledger.attempts.requeue(job.id, attempt=1, problem=EngineFailed(), counts=True)
    assert to_delete(ledger) == []


@pytest.mark.parametrize(("keep_audio_days", "after_days"), [(9, 1), (0.5, 0.5)])
def test_failed_job_keeps_its_recording_for_a_day(
    ledger: Ledger, keep_audio_days: float, after_days: float
) -> None:
    job = claimed(ledger, keep_audio_days=keep_audio_days)
    fail(ledger, job)
    let_days_pass(ledger, job, after_days - 0.1)
    assert (to_delete(ledger), ledger.retention.list_expired("audio", limit=9)) == ([], [])
    let_days_pass(ledger, job, 0.2)
    assert [one.id for one in ledger.retention.list_expired("audio", limit=9)] == [job.id]


def test_quarantined_job_keeps_its_recording_no_longer(ledger: Ledger) -> None:
    job = accepted(ledger)
    ledger.attempts.claim(job.id, worker="w", lease_s=-1)
    ledger.dispatch.rescue(redispatch_after_s=60, max_worker_deaths=1)
    assert [one.id for one in ledger.jobs.list_quarantined(limit=9)] == [job.id]
    let_days_pass(ledger, job, 2)
    assert [one.id for one in ledger.retention.list_expired("audio", limit=9)] == [job.id]


def test_retried_job_leaves_the_recording_to_its_successor(ledger: Ledger) -> None:
    job = claimed(ledger)
    fail(ledger, job)
    ledger.jobs.retry(job.id, replace(new_job(), options=job.options))
    assert to_delete(ledger) == [("audio", job.id)]


def test_hold_keeps_the_recording_until_it_is_lifted(ledger: Ledger) -> None:
    job = claimed(ledger)
    ledger.holds.set(job.id, tenant=TENANT, reason="case 7")
    succeed(ledger, job)
    assert to_delete(ledger) == []
    ledger.holds.lift(job.id, tenant=TENANT, reason="closed")
    assert to_delete(ledger) == [("audio", job.id)]


def test_keys_of_a_job_are_found(ledger: Ledger) -> None:
    key = Idempotency(key="transfer:t1", fingerprint="f")
    job = ledger.jobs.insert(new_job(), idempotency=key)
    assert ledger.jobs.idempotency_keys(job.id) == ["transfer:t1"]
    assert ledger.jobs.idempotency_keys("unknown") == []
