"""The promises that the loops keep, with a real ledger."""

import time
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, Farm, Recorder, started
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.maintenance.dispatch import LEAST_OUT


def test_accepted_jobs_are_published_at_once_and_in_order(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, release_every_s=3600, rescue_every_s=3600) as farm:
        submitted = [farm.submit(audio)["id"] for _ in range(8)]
        assert farm.publisher.published(8) == submitted


def test_a_claim_makes_room_for_the_next_job(farm: Farm, audio: bytes) -> None:
    submitted = [farm.submit(audio)["id"] for _ in range(LEAST_OUT + 1)]
    farm.publisher.published(LEAST_OUT)
    farm.claim(submitted[0])
    assert farm.publisher.published(LEAST_OUT + 1) == submitted


def test_a_broker_out_of_reach_loses_nothing(tmp_path: Path, audio: bytes) -> None:
    publisher = Recorder()
    publisher.reachable = False
    with started(tmp_path, publisher=publisher) as farm:
        submitted = [farm.submit(audio)["id"] for _ in range(3)]
        publisher.await_refusals(2)
        assert publisher.now == []
        publisher.reachable = True
        assert publisher.published(3) == submitted


def test_what_was_accepted_is_published_by_the_next_dispatcher(
    tmp_path: Path, audio: bytes
) -> None:
    away = Recorder()
    away.reachable = False
    with started(tmp_path, publisher=away) as farm:
        job_id = farm.submit(audio)["id"]
    with started(tmp_path) as farm:
        assert farm.publisher.published(1) == [job_id]


def test_a_message_that_nobody_got_is_published_again(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, rerelease_after_s=0.1) as farm:
        job_id = farm.submit(audio)["id"]
        assert farm.publisher.published(2) == [job_id, job_id]


def test_a_job_of_a_silent_worker_is_given_out_again_at_once(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, release_every_s=3600) as farm:
        job_id = farm.submit(audio)["id"]
        farm.publisher.published(1)
        farm.claim(job_id, lease_s=-1)
        assert farm.publisher.published(2) == [job_id, job_id]
        job = farm.parts.ledger.get(job_id)
    assert (job.state, job.attempt) == (State.QUEUED, 1)
    assert job.problem is not None
    assert job.problem["name"] == "worker-lost"


def test_a_job_that_loses_every_worker_fails_with_the_reason(farm: Farm, audio: bytes) -> None:
    job_id = farm.submit(audio)["id"]
    for attempt in range(1, farm.parts.settings.max_attempts + 1):
        farm.publisher.published(attempt)
        farm.claim(job_id, lease_s=-1)
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}", params={"wait": DEADLINE_S})
    assert answer.json()["state"] == "failed"
    assert answer.json()["problem"]["name"] == "job-quarantined"


@pytest.mark.parametrize("every_s", [0.02, 3600])
def test_a_dispatcher_stops_within_seconds_whatever_its_loops_do(
    tmp_path: Path, every_s: float
) -> None:
    with started(tmp_path, release_every_s=every_s, rescue_every_s=every_s):
        began = time.monotonic()
    assert time.monotonic() - began < 3
