"""Whoever ends a job, those who asked are told of it: noted with the end, and once."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract import job_wire
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import EngineFailed, JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import LeaseLost, Ledger
from whisperfarm_store.ledger.db.tables import jobs

ADDRESS = "https://Example.com:8443/told?call=7"
FULL = {"queue": "answers", "exchange": "whisperfarm.results", "correlation_id": "c-1"}


def claimed(ledger: Ledger, *, lease_s: float = 60, max_attempts: int = 1) -> str:
    job = new_job(max_attempts=max_attempts)
    terms = Terms(callback_url=ADDRESS, deadline_s=3600)
    asked = replace(job, terms=terms, reply=FULL)
    ledger.insert(asked)
    ledger.claim(asked.id, worker="w1", lease_s=lease_s)
    return asked.id


def succeed(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    ledger.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    return job_id


def fail(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    ledger.fail(job_id, attempt=1, problem=EngineFailed())
    return job_id


def lose_the_last_worker(ledger: Ledger) -> str:
    job_id = claimed(ledger, lease_s=-1)
    ledger.rescue(rerelease_after_s=60)
    return job_id


def cancel_while_running(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    ledger.ask_cancel(job_id, tenant=TENANT)
    ledger.cancelled(job_id, attempt=1)
    return job_id


def cancel_while_queued(ledger: Ledger) -> str:
    job = replace(new_job(), terms=Terms(callback_url=ADDRESS), reply=FULL)
    ledger.insert(job)
    ledger.ask_cancel(job.id, tenant=TENANT)
    return job.id


def be_late_in_the_queue(ledger: Ledger) -> str:
    terms = Terms(callback_url=ADDRESS, deadline_s=-1)
    job = ledger.insert(replace(new_job(), terms=terms, reply=FULL))
    ledger.rescue(rerelease_after_s=60)
    return job.id


def be_late_while_running(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    with ledger._write() as connection:
        connection.execute(update(jobs).values(deadline_at=jobs.c.created_at - 1))
    ledger.rescue(rerelease_after_s=60)
    return job_id


ENDINGS: dict[Callable[[Ledger], str], str] = {
    succeed: "job.succeeded",
    fail: "job.failed",
    lose_the_last_worker: "job.failed",
    cancel_while_running: "job.cancelled",
    cancel_while_queued: "job.cancelled",
    be_late_in_the_queue: "job.failed",
    be_late_while_running: "job.failed",
}


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_all_who_asked_are_told_however_the_job_ends(
    ledger: Ledger, end: Callable[[Ledger], str]
) -> None:
    job_id = end(ledger)
    told = ledger.callbacks(job_id, tenant=TENANT)
    assert {(one.kind, one.address, one.receiver) for one in told} == {
        ("http", ADDRESS, "example.com:8443"),
        ("amqp", "queue:answers", "broker"),
        ("amqp", "exchange:whisperfarm.results", "broker"),
    }
    assert len({one.id for one in told}) == 3
    for one in told:
        assert (one.event, one.state, one.tries) == (ENDINGS[end], "pending", 0)
        assert one.next_at == ledger.get(job_id).finished_at
        assert one.correlation_id == "c-1"


def test_what_is_told_is_the_job_as_it_has_ended(ledger: Ledger) -> None:
    job = ledger.get(succeed(ledger))
    told = json.loads(ledger.callbacks(job.id, tenant=TENANT)[0].body)
    document = job_wire.to_wire(job)
    assert told["type"] == "job.succeeded"
    assert told["timestamp"] == document["finished_at"]
    assert told["data"]["links"] == {
        "self": f"/v1/jobs/{job.id}",
        "result": f"/v1/jobs/{job.id}/result",
        "callbacks": f"/v1/jobs/{job.id}/callbacks",
    }
    assert told["data"] == json.loads(json.dumps(document))


def test_nobody_is_told_when_nobody_asked(ledger: Ledger, running: Job) -> None:
    ledger.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    assert ledger.callbacks(running.id, tenant=TENANT) == []


def test_nobody_is_told_of_an_attempt_that_was_lost(ledger: Ledger) -> None:
    job_id = claimed(ledger, lease_s=-1, max_attempts=2)
    ledger.rescue(rerelease_after_s=60)
    assert ledger.get(job_id).state is State.QUEUED
    assert ledger.callbacks(job_id, tenant=TENANT) == []


def test_a_worker_that_lost_its_lease_tells_nobody(ledger: Ledger) -> None:
    job_id = claimed(ledger, lease_s=-1, max_attempts=2)
    ledger.rescue(rerelease_after_s=60)
    with pytest.raises(LeaseLost):
        ledger.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    assert ledger.callbacks(job_id, tenant=TENANT) == []


def test_an_address_that_can_not_be_read_does_not_keep_a_job_from_its_end(ledger: Ledger) -> None:
    job = replace(new_job(), terms=Terms(callback_url="http://[nonsense"))
    ledger.insert(job)
    ledger.ask_cancel(job.id, tenant=TENANT)
    assert ledger.get(job.id).state is State.CANCELLED


def test_callbacks_are_shown_to_the_jobs_tenant_alone(ledger: Ledger) -> None:
    job_id = succeed(ledger)
    with pytest.raises(JobUnknown):
        ledger.callbacks(job_id, tenant="umbrella")
