"""Jobs whose caller must ask for them: which requests count, and what ends them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from tests.support.waiting import until
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_dispatcher.api.polls import kept_polled
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs, poll_clock

LIMIT_S = 1000.0


def elapse(ledger: Ledger, seconds: float) -> None:
    """Let the poll clock advance."""
    with ledger.database.write() as connection:
        connection.execute(update(poll_clock).values(time_s=poll_clock.c.time_s + seconds))


def due_s(ledger: Ledger, job_id: str) -> float:
    with ledger.database.read() as connection:
        due: float = connection.execute(select(jobs.c.poll_due_s).filter_by(id=job_id)).scalar_one()
        return due


def advanced_at(ledger: Ledger) -> float:
    with ledger.database.read() as connection:
        return connection.scalar(select(poll_clock.c.advanced_at)) or 0.0


def submit(farm: DispatcherFarm, audio: bytes, **headers: str) -> dict[str, str]:
    answer = farm.http.post(
        f"{farm.url}/v1/jobs",
        params={"cancel_unless_polled_s": LIMIT_S},
        content=audio,
        headers={**WAV, **headers},
    )
    assert answer.status_code == 202
    return {"id": answer.json()["id"], **answer.json()["links"]}


def stream_first_event(farm: DispatcherFarm, job: dict[str, str]) -> None:
    with farm.http.stream("GET", f"{farm.url}{job['self']}/events") as answer:
        next(answer.iter_lines())


POLLS: dict[str, Callable[[DispatcherFarm, dict[str, str]], object]] = {
    "job": lambda farm, job: farm.http.get(f"{farm.url}{job['self']}"),
    "wait": lambda farm, job: farm.http.get(f"{farm.url}{job['self']}?wait=0.01"),
    "result": lambda farm, job: farm.http.get(f"{farm.url}{job['result']}"),
    "events": stream_first_event,
    "linto": lambda farm, job: farm.http.get(f"{farm.url}/job/{job['id']}"),
}


@pytest.mark.parametrize("poll", POLLS.values(), ids=POLLS.keys())
def test_request_for_a_job_is_a_poll(
    farm: DispatcherFarm, audio: bytes, poll: Callable[[DispatcherFarm, dict[str, str]], object]
) -> None:
    job = submit(farm, audio)
    before = due_s(farm.deps.ledger, job["id"])
    elapse(farm.deps.ledger, LIMIT_S / 2)
    farm.http.get(f"{farm.url}/v1/jobs")
    assert due_s(farm.deps.ledger, job["id"]) == before
    poll(farm, job)
    assert due_s(farm.deps.ledger, job["id"]) >= before + LIMIT_S / 2


def test_unpolled_job_is_cancelled_and_its_request_runs_again(
    farm: DispatcherFarm, audio: bytes
) -> None:
    key = {"Idempotency-Key": "call-17"}
    job = submit(farm, audio, **key)
    assert submit(farm, audio, **key) == job
    elapse(farm.deps.ledger, LIMIT_S + 1)
    until(lambda: farm.deps.ledger.jobs.get(job["id"]).state.is_final, "the cancellation")
    result = farm.http.get(f"{farm.url}{job['result']}")
    assert (result.status_code, result.json()["name"]) == (409, "job-not-polled")
    again = submit(farm, audio, **key)
    assert again["id"] != job["id"]
    retried = farm.http.post(f"{farm.url}{job['self']}/retry").json()
    assert (retried["state"], retried["policy"]) == ("queued", {})


def test_request_that_waits_goes_on_polling(tmp_path: Path, audio: bytes) -> None:
    def await_poll(ledger: Ledger, job_id: str) -> None:
        elapse(ledger, 2 * LIMIT_S)
        before = due_s(ledger, job_id)
        until(lambda: due_s(ledger, job_id) > before, "a poll")

    async def polls(farm: DispatcherFarm, job: Job) -> None:
        async with kept_polled(farm.deps, job):
            for _ in range(3):
                await asyncio.to_thread(await_poll, farm.deps.ledger, job.id)

    with started(tmp_path, rescue_interval_s=3600) as farm:
        job = farm.deps.ledger.jobs.get(submit(farm, audio)["id"])
        short = JobPolicy(cancel_unless_polled_s=0.04)
        asyncio.run(polls(farm, replace(job, policy=short)))


def test_time_without_a_dispatcher_does_not_count(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path) as first:
        job = submit(first, audio)
        elapse(first.deps.ledger, LIMIT_S - 100)
    with first.deps.ledger.database.write() as connection:
        connection.execute(update(poll_clock).values(advanced_at=now_s() - 2 * LIMIT_S))
    first.deps.ledger.close()
    with started(tmp_path) as second:
        long_ago = time.time() - LIMIT_S
        until(lambda: advanced_at(second.deps.ledger) > long_ago, "a run of the dispatcher")
        assert second.http.get(f"{second.url}{job['self']}").json()["state"] == "queued"
