"""Running jobs again that failed or were cancelled, and listing presets."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from tests.support.waiting import until
from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.problems import EngineFailed

LABELS = {"batch": "night", "reference": "call 17", "metadata": '{"agent": "A7"}'}
COPIED = ("model", "options", "policy", *LABELS, "max_attempts")


def retry(farm: DispatcherFarm, job_id: str, **headers: str) -> httpx.Response:
    return farm.http.post(f"{farm.url}/v1/jobs/{job_id}/retry", headers=headers)


def failed(farm: DispatcherFarm, audio: bytes) -> dict[str, object]:
    job = farm.submit(audio, language="en", deadline_s=600, filename="call.wav", **LABELS)
    farm.fail(farm.claim(job["id"]), EngineFailed("the engine stumbled"))
    return job


def test_retry_submits_a_new_job_over_the_recording(farm: DispatcherFarm, audio: bytes) -> None:
    old = failed(farm, audio)
    answer = retry(farm, str(old["id"]))
    new = answer.json()
    assert (answer.status_code, new["state"], new["attempt"], new["problem"]) == (
        *(202, "queued", 0),
        None,
    )
    assert new["id"] != old["id"]
    assert {name: new[name] for name in (*COPIED, "audio")} == {
        name: old[name] for name in (*COPIED, "audio")
    }
    until(lambda: new["id"] in dict(farm.publisher.now), "the dispatch", within_s=DEADLINE_S)
    with farm.deps.blobs.open(f"audio/default/{new['id']}") as file:
        assert file.read() == audio


def test_retry_with_a_key_makes_one_job(farm: DispatcherFarm, audio: bytes) -> None:
    old, other = failed(farm, audio), failed(farm, audio)
    keys = {"Idempotency-Key": "again"}
    first, again = (retry(farm, str(old["id"]), **keys).json()["id"] for _ in range(2))
    assert first == again
    conflict = retry(farm, str(other["id"]), **keys)
    assert (conflict.status_code, conflict.json()["name"]) == (409, "idempotency-conflict")
    assert len(farm.blobs()) == len(farm.jobs()) == 3


def test_only_jobs_that_ended_without_a_transcript_are_retried(
    farm: DispatcherFarm, audio: bytes
) -> None:
    queued, succeeded = farm.submit(audio)["id"], farm.transcribed(audio)
    cancelled = farm.submit(audio)["id"]
    farm.http.delete(f"{farm.url}/v1/jobs/{cancelled}")
    expired = str(failed(farm, audio)["id"])
    farm.deps.blobs.delete(f"audio/default/{expired}")
    blobs = farm.blobs()
    for job_id, status, name in (
        (queued, 409, "job-not-finished"),
        (succeeded, 409, "job-not-retryable"),
        (expired, 410, "recording-expired"),
        ("unknown", 404, "job-not-found"),
    ):
        answer = retry(farm, job_id)
        assert (answer.status_code, answer.json()["name"]) == (status, name)
    assert sorted(farm.blobs()) == sorted(blobs)
    assert retry(farm, cancelled).status_code == 202


def test_retry_of_a_quarantined_job_runs_alone(farm: DispatcherFarm, audio: bytes) -> None:
    old = farm.submit(audio)["id"]
    for _ in range(farm.deps.settings.max_worker_deaths):
        farm.deps.ledger.attempts.claim(old, worker="w", lease_s=-1)
        farm.deps.ledger.dispatch.rescue(redispatch_after_s=60)
    assert [job.id for job in farm.deps.ledger.jobs.list_quarantined(limit=9)] == [old]
    new = retry(farm, old).json()["id"]
    assert farm.deps.ledger.attempts.is_suspect(new)
    assert farm.deps.ledger.jobs.list_quarantined(limit=9) == []


def test_presets_are_listed_with_those_that_are_served_first(farm: DispatcherFarm) -> None:
    listed = farm.http.get(f"{farm.url}/v1/presets").json()["presets"]
    assert [(one["name"], one["is_served"], one["is_default"]) for one in listed[:3]] == [
        ("demo", True, True),
        ("small", True, False),
        ("demo-words", False, False),
    ]
    assert {one["name"] for one in listed} == PRESETS.keys()
    assert listed[0]["models"] == {
        "voice_activity": None,
        "speech": "demo/asr",
        "aligner": "demo/align-en",
        "diarizer": "demo/diarize",
    }


@pytest.fixture
def two_presets(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm with two presets."""
    with started(tmp_path, presets="demo,demo-words") as running:
        yield running


def test_retry_with_another_preset_runs_a_job_that_succeeded(
    two_presets: DispatcherFarm, audio: bytes
) -> None:
    farm = two_presets
    old = farm.submit(audio, language="en", deadline_s=600, **LABELS)
    farm.succeed(farm.claim(old["id"]), HELLO)
    url = f"{farm.url}/v1/jobs/{old['id']}/retry"
    keys = {"Idempotency-Key": "better"}
    first, again = (
        farm.http.post(url, params={"preset": "demo-words"}, headers=keys).json() for _ in range(2)
    )
    assert first["id"] == again["id"] != old["id"]
    assert (first["state"], first["model"], first["reference"]) == (
        *("queued", "demo-words"),
        LABELS["reference"],
    )
    assert farm.deps.ledger.jobs.get(first["id"]).policy.deadline_s is None
    other = farm.http.post(url, params={"preset": "demo"}, headers=keys)
    assert (other.status_code, other.json()["name"]) == (409, "idempotency-conflict")
    unknown = farm.http.post(url, params={"preset": "unknown"})
    assert (unknown.status_code, unknown.json()["name"]) == (422, "unknown-model")
