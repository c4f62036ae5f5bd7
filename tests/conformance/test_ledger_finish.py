"""Every final state creates the job's callbacks in the same transaction, once."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract import job_wire
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import EngineFailed, JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import LeaseLost, Ledger
from whisperfarm_store.ledger.db.tables import jobs

ADDRESS = "https://Example.com:8443/callback?call=7"
FULL = {"queue": "answers", "exchange": "whisperfarm.results", "correlation_id": "c-1"}


def claimed(ledger: Ledger, *, lease_s: float = 60, max_attempts: int = 1) -> str:
    job = new_job(max_attempts=max_attempts)
    policy = JobPolicy(callback_url=ADDRESS, deadline_s=3600)
    asked = replace(job, policy=policy, reply_to=FULL)
    ledger.jobs.insert(asked)
    ledger.attempts.claim(asked.id, worker="w1", lease_s=lease_s)
    return asked.id


def succeed(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    ledger.attempts.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    return job_id


def fail(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    ledger.attempts.fail(job_id, attempt=1, problem=EngineFailed())
    return job_id


def lose_the_last_worker(ledger: Ledger) -> str:
    job_id = claimed(ledger, lease_s=-1)
    ledger.dispatch.rescue(redispatch_after_s=60)
    return job_id


def cancel_while_running(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    ledger.jobs.request_cancel(job_id, tenant=TENANT)
    return job_id


def cancel_while_queued(ledger: Ledger) -> str:
    job = replace(new_job(), policy=JobPolicy(callback_url=ADDRESS), reply_to=FULL)
    ledger.jobs.insert(job)
    ledger.jobs.request_cancel(job.id, tenant=TENANT)
    return job.id


def be_late_in_the_queue(ledger: Ledger) -> str:
    policy = JobPolicy(callback_url=ADDRESS, deadline_s=-1)
    job = ledger.jobs.insert(replace(new_job(), policy=policy, reply_to=FULL))
    ledger.dispatch.rescue(redispatch_after_s=60)
    return job.id


def be_late_while_running(ledger: Ledger) -> str:
    job_id = claimed(ledger)
    with ledger.database.write() as connection:
        connection.execute(update(jobs).values(deadline_at=jobs.c.created_at - 1))
    ledger.dispatch.rescue(redispatch_after_s=60)
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
def test_finish_inserts_every_requested_callback(
    ledger: Ledger, end: Callable[[Ledger], str]
) -> None:
    job_id = end(ledger)
    received = ledger.callbacks.list_for_job(job_id, tenant=TENANT)
    assert {(one.protocol, one.address, one.endpoint) for one in received} == {
        ("http", ADDRESS, "example.com:8443"),
        ("amqp", "queue:answers", "broker"),
        ("amqp", "exchange:whisperfarm.results", "broker"),
    }
    assert len({one.id for one in received}) == 3
    for one in received:
        assert (one.event, one.state, one.tries) == (ENDINGS[end], "pending", 0)
        assert one.next_at == ledger.jobs.get(job_id).finished_at
        assert one.correlation_id == "c-1"


def test_callback_body_is_the_finished_job(ledger: Ledger) -> None:
    job = ledger.jobs.get(succeed(ledger))
    received = json.loads(ledger.callbacks.list_for_job(job.id, tenant=TENANT)[0].body)
    document = job_wire.to_wire(job)
    assert received["type"] == "job.succeeded"
    assert received["timestamp"] == document["finished_at"]
    assert received["data"]["links"] == {
        "self": f"/v1/jobs/{job.id}",
        "result": f"/v1/jobs/{job.id}/result",
        "callbacks": f"/v1/jobs/{job.id}/callbacks",
    }
    assert received["data"] == {**json.loads(json.dumps(document)), "warnings": []}


def test_finish_inserts_no_callback_without_a_request(ledger: Ledger, running: Job) -> None:
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    assert ledger.callbacks.list_for_job(running.id, tenant=TENANT) == []


def test_requeue_inserts_no_callback(ledger: Ledger) -> None:
    job_id = claimed(ledger, lease_s=-1, max_attempts=2)
    ledger.dispatch.rescue(redispatch_after_s=60)
    assert ledger.jobs.get(job_id).state is JobState.QUEUED
    assert ledger.callbacks.list_for_job(job_id, tenant=TENANT) == []


def test_lost_lease_inserts_no_callback(ledger: Ledger) -> None:
    job_id = claimed(ledger, lease_s=-1, max_attempts=2)
    ledger.dispatch.rescue(redispatch_after_s=60)
    with pytest.raises(LeaseLost):
        ledger.attempts.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    assert ledger.callbacks.list_for_job(job_id, tenant=TENANT) == []


def test_invalid_callback_url_does_not_prevent_the_finish(ledger: Ledger) -> None:
    job = replace(new_job(), policy=JobPolicy(callback_url="http://[nonsense"))
    ledger.jobs.insert(job)
    ledger.jobs.request_cancel(job.id, tenant=TENANT)
    assert ledger.jobs.get(job.id).state is JobState.CANCELLED


def test_callbacks_are_visible_to_the_tenant_only(ledger: Ledger) -> None:
    job_id = succeed(ledger)
    with pytest.raises(JobNotFound):
        ledger.callbacks.list_for_job(job_id, tenant="umbrella")
