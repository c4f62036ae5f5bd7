"""Jobs are accepted once, and visible to their tenant only."""

import time
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_labels import NO_LABELS, JobLabels
from whisperfarm_contract.problems import IdempotencyConflict, JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Idempotency, Ledger

ASKED = Idempotency(key="call-17", fingerprint="f" * 64)


def test_insert_queues_the_job_as_requested(ledger: Ledger) -> None:
    asked = new_job()
    ledger.jobs.insert(asked)
    job = ledger.jobs.get(asked.id)
    assert (job.state, job.attempt, job.progress) == (JobState.QUEUED, 0, None)
    assert (job.options, job.audio, job.preset) == (asked.options, asked.audio, asked.preset)


def test_insert_keeps_the_callers_labels(ledger: Ledger) -> None:
    metadata = {"agent": "Zoë", "parts": [1, None]}
    labels = JobLabels(batch="night", reference="Anruf 17 von Zoë", metadata=metadata)
    labelled = ledger.jobs.insert(replace(new_job(), labels=labels))
    assert ledger.jobs.get(labelled.id).labels == labels
    assert ledger.jobs.insert(new_job()).labels == NO_LABELS


def test_created_at_is_the_databases_time(ledger: Ledger) -> None:
    before = time.time()
    times = [ledger.jobs.insert(new_job()).created_at for _ in range(3)]
    assert all(abs(at - before) < 10 for at in times)
    assert any(at != round(at) for at in times)


def test_insert_rejects_a_duplicate_id(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(IntegrityError):
        ledger.jobs.insert(new_job(queued.id))


def test_insert_returns_the_existing_job_of_a_key(ledger: Ledger) -> None:
    first = ledger.jobs.insert(new_job(), idempotency=ASKED)
    assert ledger.jobs.insert(new_job(), idempotency=ASKED) == first
    assert [job.id for job in ledger.jobs.list_for_tenant(TENANT)] == [first.id]


def test_insert_rejects_a_key_of_another_request(ledger: Ledger) -> None:
    ledger.jobs.insert(new_job(), idempotency=ASKED)
    other = Idempotency(key=ASKED.key, fingerprint="0" * 64)
    with pytest.raises(IdempotencyConflict, match="call-17"):
        ledger.jobs.insert(new_job(), idempotency=other)
    assert len(ledger.jobs.list_for_tenant(TENANT)) == 1


def test_keys_are_per_tenant(ledger: Ledger) -> None:
    first = ledger.jobs.insert(new_job(), idempotency=ASKED)
    second = ledger.jobs.insert(new_job(tenant="umbrella"), idempotency=ASKED)
    assert first.id != second.id
    assert ledger.jobs.insert(new_job(tenant="umbrella"), idempotency=ASKED) == second


def test_failed_insert_releases_its_key(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(IntegrityError):
        ledger.jobs.insert(new_job(queued.id), idempotency=ASKED)
    fresh = new_job()
    assert ledger.jobs.insert(fresh, idempotency=ASKED).id == fresh.id


def test_concurrent_inserts_of_one_key_make_one_job(ledger: Ledger) -> None:
    answers = run_concurrently(20, lambda _: ledger.jobs.insert(new_job(), idempotency=ASKED))
    assert len({job.id for job in answers}) == 1
    assert len(ledger.jobs.list_for_tenant(TENANT)) == 1


def test_get_names_an_unknown_job(ledger: Ledger) -> None:
    with pytest.raises(JobNotFound, match="nowhere"):
        ledger.jobs.get("nowhere")


def test_get_rejects_an_id_with_a_nul_character(ledger: Ledger) -> None:
    for ask in (ledger.jobs.get, lambda odd: ledger.jobs.list_for_tenant(TENANT, before=odd)):
        with pytest.raises(JobNotFound):
            ask("a\0b")


def test_get_rejects_another_tenants_job(ledger: Ledger, queued: Job) -> None:
    assert ledger.jobs.get(queued.id, tenant=TENANT) == queued
    with pytest.raises(JobNotFound):
        ledger.jobs.get(queued.id, tenant="umbrella")
