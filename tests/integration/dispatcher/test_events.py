"""A job is followed by server-sent events."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.event_stream import Stream
from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from whisperfarm_contract.identifiers import checkpoint_key
from whisperfarm_contract.job import Job, Progress
from whisperfarm_store.ledger import KeyGrant


def follow(farm: DispatcherFarm, job_id: str, **headers: str) -> Any:
    url = f"{farm.url}/v1/jobs/{job_id}/events"
    return farm.http.stream("GET", url, headers=headers, timeout=DEADLINE_S)


def test_job_is_sent_after_each_change(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.submit(audio)["id"]
    with follow(farm, job_id) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        stream = Stream(response.iter_lines())
        queued = stream.next()
        assert (queued["event"], queued["data"]["state"]) == ("queued", "queued")
        assert queued["data"]["ahead"] == {"jobs": 0, "audio_s": 0.0}
        job = farm.claim(job_id)
        assert stream.next()["event"] == "running"
        progress = Progress(stage="transcribe", fraction=0.5)
        farm.deps.ledger.attempts.heartbeat(
            job.id, attempt=job.attempt, lease_s=60, progress=progress
        )
        assert stream.next()["data"]["progress"] == {"stage": "transcribe", "fraction": 0.5}
        farm.succeed(job, HELLO)
        assert stream.next()["data"]["state"] == "succeeded"
        with pytest.raises(EOFError):
            stream.next()


def test_stream_goes_on_after_the_last_event(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.submit(audio)["id"]
    with follow(farm, job_id) as response:
        last = Stream(response.iter_lines()).next()["id"]
    with follow(farm, job_id, **{"Last-Event-ID": last}) as response:
        stream = Stream(response.iter_lines())
        farm.succeed(farm.claim(job_id), HELLO)
        events = [stream.next()["event"]]
        assert set(events) <= {"running", "succeeded"}


def decide(farm: DispatcherFarm, job: Job, *texts: str) -> None:
    """Save the texts in the checkpoint of the attempt, and report progress."""
    saved = {f"0:{number * 16000}:{(number + 1) * 16000}:en": {"text": text}
             for number, text in enumerate(texts)}  # fmt: skip
    key = checkpoint_key(job.tenant, job.id, job.attempt)
    farm.deps.blobs.put(key, json.dumps({"texts": {"values": saved}}).encode())
    progress = Progress(stage="transcribe", fraction=len(texts) / 10)
    farm.deps.ledger.attempts.heartbeat(job.id, attempt=job.attempt, lease_s=60, progress=progress)


def partial_texts(event: dict[str, Any]) -> list[str]:
    return [one["text"] for one in event["data"].get("partial", {"segments": []})["segments"]]


def test_decided_segments_are_sent_once(farm: DispatcherFarm, audio: bytes) -> None:
    job = farm.claim(farm.submit(audio)["id"])
    decide(farm, job, "one", "two")
    with follow(farm, job.id) as response:
        first = Stream(response.iter_lines()).next()
    decide(farm, job, "one", "two", "three")
    with follow(farm, job.id, **{"Last-Event-ID": first["id"]}) as response:
        stream = Stream(response.iter_lines())
        assert [partial_texts(first), partial_texts(stream.next())] == [["one", "two"], ["three"]]
        farm.succeed(job, HELLO)
        assert "partial" not in stream.next()["data"]


def test_key_that_may_not_read_transcripts_gets_no_text(tmp_path: Path, audio: bytes) -> None:
    roles = tmp_path / "roles.yaml"
    roles.write_text("roles: {follower: ['read:jobs', 'submit:jobs']}")
    with started(tmp_path, require_key=True, roles_file=roles) as farm:
        grant = KeyGrant(tenant="north", role="follower")
        headers = {"X-API-Key": farm.deps.ledger.api_keys.create(grant)[1].text}
        farm.http.headers.update(headers)
        job = farm.claim(farm.submit(audio)["id"])
        decide(farm, job, "secret")
        with follow(farm, job.id) as response:
            data = Stream(response.iter_lines()).next()["data"]
        assert (data["progress"]["stage"], data.get("partial")) == ("transcribe", None)


def test_events_of_an_unknown_job_are_a_problem(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/v1/jobs/nothing/events")
    assert (answer.status_code, answer.json()["name"]) == (404, "job-not-found")


def test_stopping_dispatcher_ends_the_stream(tmp_path: Any, audio: bytes) -> None:
    with started(tmp_path) as farm:
        job_id = farm.submit(audio)["id"]
        with follow(farm, job_id) as response:
            stream = Stream(response.iter_lines())
            stream.next()
            farm.server.should_exit = True
            with pytest.raises((EOFError, httpx.RemoteProtocolError)):
                stream.next()
