"""What the periodic tasks guarantee, with a real ledger."""

import time
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, DispatcherFarm, Recorder, started
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.order.slots import MIN_IN_QUEUE


def test_accepted_jobs_are_dispatched_at_once_in_order(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, dispatch_interval_s=3600, rescue_interval_s=3600) as farm:
        submitted = [farm.submit(audio)["id"] for _ in range(8)]
        assert farm.publisher.published(8) == submitted


def test_claim_lets_the_next_job_be_dispatched(farm: DispatcherFarm, audio: bytes) -> None:
    submitted = [farm.submit(audio)["id"] for _ in range(MIN_IN_QUEUE + 1)]
    farm.publisher.published(MIN_IN_QUEUE)
    farm.claim(submitted[0])
    assert farm.publisher.published(MIN_IN_QUEUE + 1) == submitted


def test_unreachable_broker_loses_no_job(tmp_path: Path, audio: bytes) -> None:
    publisher = Recorder()
    publisher.reachable = False
    with started(tmp_path, publisher=publisher) as farm:
        submitted = [farm.submit(audio)["id"] for _ in range(3)]
        publisher.await_refusals(2)
        assert publisher.now == []
        publisher.reachable = True
        assert publisher.published(3) == submitted


def test_next_dispatcher_publishes_accepted_jobs(tmp_path: Path, audio: bytes) -> None:
    away = Recorder()
    away.reachable = False
    with started(tmp_path, publisher=away) as farm:
        job_id = farm.submit(audio)["id"]
    with started(tmp_path) as farm:
        assert farm.publisher.published(1) == [job_id]


def test_lost_message_is_published_again(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, redispatch_after_s=0.1) as farm:
        job_id = farm.submit(audio)["id"]
        assert farm.publisher.published(2) == [job_id, job_id]


def test_job_with_expired_lease_is_dispatched_again(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, dispatch_interval_s=3600) as farm:
        job_id = farm.submit(audio)["id"]
        farm.publisher.published(1)
        farm.claim(job_id, lease_s=-1)
        assert farm.publisher.published(2) == [job_id, job_id]
        job = farm.deps.ledger.jobs.get(job_id)
    assert (job.state, job.attempt) == (JobState.QUEUED, 1)
    assert job.problem is not None
    assert job.problem["name"] == "worker-lost"


def test_job_fails_after_the_maximum_number_of_worker_deaths(
    farm: DispatcherFarm, audio: bytes
) -> None:
    job_id = farm.submit(audio)["id"]
    for attempt in range(1, farm.deps.settings.max_attempts + 1):
        farm.publisher.published(attempt)
        farm.claim(job_id, lease_s=-1)
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}", params={"wait": DEADLINE_S})
    assert answer.json()["state"] == "failed"
    assert answer.json()["problem"]["name"] == "job-quarantined"


@pytest.mark.parametrize("every_s", [0.02, 3600])
def test_dispatcher_stops_although_a_background_task_hangs(tmp_path: Path, every_s: float) -> None:
    with started(tmp_path, dispatch_interval_s=every_s, rescue_interval_s=every_s):
        began = time.monotonic()
    assert time.monotonic() - began < 10
