"""Jobs are accepted once, and read by those whom they concern."""

import time

import pytest
from sqlalchemy.exc import IntegrityError

from tests.support.jobs import TENANT, new_job
from tests.support.threads import run_concurrently
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import IdempotencyConflict, JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Idempotency, Ledger

ASKED = Idempotency(key="call-17", fingerprint="f" * 64)


def test_an_accepted_job_is_queued_and_keeps_what_was_asked(ledger: Ledger) -> None:
    asked = new_job()
    ledger.insert(asked)
    job = ledger.get(asked.id)
    assert (job.state, job.attempt, job.progress) == (State.QUEUED, 0, None)
    assert (job.options, job.audio, job.preset) == (asked.options, asked.audio, asked.preset)


def test_the_time_of_a_job_is_the_databases_with_fractions(ledger: Ledger) -> None:
    before = time.time()
    times = [ledger.insert(new_job()).created_at for _ in range(3)]
    assert all(abs(at - before) < 10 for at in times)
    assert any(at != round(at) for at in times)


def test_two_jobs_can_not_have_one_id(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(IntegrityError):
        ledger.insert(new_job(queued.id))


def test_the_same_request_again_answers_with_the_job_that_there_is(ledger: Ledger) -> None:
    first = ledger.insert(new_job(), idempotency=ASKED)
    assert ledger.insert(new_job(), idempotency=ASKED) == first
    assert [job.id for job in ledger.page(TENANT)] == [first.id]


def test_the_same_key_for_another_request_is_refused(ledger: Ledger) -> None:
    ledger.insert(new_job(), idempotency=ASKED)
    other = Idempotency(key=ASKED.key, fingerprint="0" * 64)
    with pytest.raises(IdempotencyConflict, match="call-17"):
        ledger.insert(new_job(), idempotency=other)
    assert len(ledger.page(TENANT)) == 1


def test_tenants_do_not_share_keys(ledger: Ledger) -> None:
    first = ledger.insert(new_job(), idempotency=ASKED)
    second = ledger.insert(new_job(tenant="umbrella"), idempotency=ASKED)
    assert first.id != second.id
    assert ledger.insert(new_job(tenant="umbrella"), idempotency=ASKED) == second


def test_a_job_that_could_not_be_inserted_leaves_its_key_free(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(IntegrityError):
        ledger.insert(new_job(queued.id), idempotency=ASKED)
    fresh = new_job()
    assert ledger.insert(fresh, idempotency=ASKED).id == fresh.id


def test_one_key_sent_twenty_times_at_once_makes_one_job(ledger: Ledger) -> None:
    answers = run_concurrently(20, lambda _: ledger.insert(new_job(), idempotency=ASKED))
    assert len({job.id for job in answers}) == 1
    assert len(ledger.page(TENANT)) == 1


def test_an_unknown_job_is_named(ledger: Ledger) -> None:
    with pytest.raises(JobUnknown, match="nowhere"):
        ledger.get("nowhere")


def test_an_id_that_a_database_can_not_even_be_asked_for_is_unknown(ledger: Ledger) -> None:
    for ask in (ledger.get, lambda odd: ledger.page(TENANT, before=odd)):
        with pytest.raises(JobUnknown):
            ask("a\0b")


def test_another_tenants_job_is_unknown(ledger: Ledger, queued: Job) -> None:
    assert ledger.get(queued.id, tenant=TENANT) == queued
    with pytest.raises(JobUnknown):
        ledger.get(queued.id, tenant="umbrella")
