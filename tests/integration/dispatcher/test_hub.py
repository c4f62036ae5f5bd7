"""An edge farm sends jobs to a hub farm, and takes its transcripts as revisions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.integration.dispatcher.receivers import answers, receiver
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm_contract.job import Job
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.transcript import Transcript
from whisperfarm_dispatcher.hub.pace import FIRST_CHUNK_BYTES
from whisperfarm_store.ledger import KeyGrant

SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
HUB_TEXT = "hello hub"
PERMISSIONS = (
    Permission.SUBMIT_JOBS,
    Permission.READ_JOBS,
    Permission.CANCEL_JOBS,
    Permission.READ_TRANSCRIPTIONS,
    Permission.ERASE_JOBS,
)


@dataclass(frozen=True)
class Pair:
    """An edge farm and its hub."""

    edge: DispatcherFarm
    hub: DispatcherFarm
    key_file: Path

    def forward(self, job_id: str) -> dict[str, Any]:
        """Return the forward of a job of the edge."""
        answer = self.edge.http.get(f"{self.edge.url}/v1/jobs/{job_id}/forward")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def forwarded(self, job_id: str, state: str) -> dict[str, Any]:
        """Return the forward once it is in a state."""

        def look() -> dict[str, Any] | None:
            found = self.forward(job_id)
            return found if found["state"] == state else None

        return until(look, f"{job_id} to be {state}")

    def at_hub(self, job_id: str) -> Job:
        """Return the hub's job of a job that was sent."""
        hub_job = self.forwarded(job_id, "sent")["hub_job"]
        return self.hub.deps.ledger.jobs.get(hub_job)

    def transcribe_at_hub(self, job_id: str) -> None:
        job = self.at_hub(job_id)
        self.hub.succeed(self.hub.claim(job.id), _transcript(HUB_TEXT))

    def revisions(self, job_id: str) -> list[dict[str, Any]]:
        answer = self.edge.http.get(f"{self.edge.url}/v1/jobs/{job_id}/revisions")
        return list(answer.json()["revisions"])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Run both farms. The hub requires a key, and accepts recordings of up to a megabyte."""
    folder = tmp_path_factory.mktemp("pair")
    key_file = folder / "key"
    with started(folder / "hub", require_key=True, max_upload_bytes=1 << 20, custody=True) as hub:
        grant = KeyGrant(
            tenant="north",
            permissions=PERMISSIONS,
        )
        key_file.write_text(hub.deps.ledger.api_keys.create(grant)[1].text + "\n")
        with started(
            folder / "edge",
            hub_url=hub.url,
            hub_key_file=key_file,
            hub_interval_s=0.02,
            callback_secrets=SECRET,
            callback_interval_s=0.02,
            allowed_networks="127.0.0.0/8",
            custody=True,
        ) as edge:
            yield Pair(edge, hub, key_file)


def test_transcript_of_the_hub_becomes_a_revision(pair: Pair) -> None:
    with receiver(answers(200)) as endpoint:
        voices = {"name_speakers": "true", "keep_voices": "true"}
        job_id = pair.edge.transcribed(
            wav(), reference="call-1", language="en", callback_url=endpoint.url, **voices
        )
        sent = pair.at_hub(job_id)
        assert (sent.options.name_speakers, sent.options.keep_voices) == (True, None)
        assert (sent.tenant, sent.labels.reference, sent.options.language) == (
            *("north", "call-1", "en"),
        )
        assert sent.audio.sha256 == pair.edge.deps.ledger.jobs.get(job_id).audio.sha256
        pair.transcribe_at_hub(job_id)
        pair.forwarded(job_id, "succeeded")
        kinds = [one["kind"] for one in pair.revisions(job_id)]
        assert kinds == ["machine", "hub"]
        events = [json.loads(one.body)["type"] for one in endpoint.await_requests(2)]
    assert events == ["job.succeeded", "revision.created"]
    result = pair.edge.http.get(f"{pair.edge.url}/v1/jobs/{job_id}/result?format=txt")
    assert result.text.split() == HUB_TEXT.split()
    chain = pair.edge.deps.ledger.custody.get(job_id, tenant="default")
    assert {"forwarded", "revised"} <= {entry.kind for entry in chain.entries}


def test_long_recording_is_sent_in_chunks_and_once(pair: Pair) -> None:
    recording = wav(seconds=20.0)
    assert len(recording) > 2 * FIRST_CHUNK_BYTES
    job_id = pair.edge.transcribed(recording)
    sent = pair.at_hub(job_id)
    with pair.hub.deps.blobs.open(sent.audio.key) as file:
        assert file.read() == recording
    assert list(pair.hub.deps.blobs.keys("transfers/")) == []


def test_call_of_several_recordings_is_sent_with_its_legs(pair: Pair) -> None:
    files = [("file", (f"{name}.wav", wav(seconds=12.0))) for name in ("agent", "customer")]
    fields = {"leg_offset_s": ["0", "5.5"], "leg_name": ["agent", "customer"]}
    answer = pair.edge.http.post(f"{pair.edge.url}/v1/jobs", files=files, data=fields)
    job = pair.edge.claim(answer.json()["id"])
    pair.edge.succeed(job, HELLO)
    sent = pair.at_hub(job.id)
    assert (sent.options, sent.audio.sha256) == (job.options, job.audio.sha256)
    assert (sent.audio.duration_s, sent.audio.filename) == (17.5, "agent.wav")


def test_refused_recording_keeps_the_problem_of_the_hub(pair: Pair) -> None:
    job_id = pair.edge.transcribed(wav(seconds=40.0))
    failed = pair.forwarded(job_id, "failed")
    assert failed["problem"]["name"] == "audio-too-large"
    assert failed["sent_bytes"] == 0


def test_failure_of_the_hub_leaves_the_machines_transcript(pair: Pair) -> None:
    job_id = pair.edge.transcribed(wav(seconds=0.6))
    claimed = pair.hub.claim(pair.at_hub(job_id).id)
    pair.hub.fail(claimed, EngineFailed("broken"))
    assert pair.forwarded(job_id, "failed")["problem"]["name"] == "engine-failed"
    assert [one["kind"] for one in pair.revisions(job_id)] == ["machine"]


def test_job_without_a_transcript_is_not_sent(pair: Pair) -> None:
    job_id = str(pair.edge.submit(wav())["id"])
    pair.edge.fail(pair.edge.claim(job_id), EngineFailed("broken"))
    assert pair.forwarded(job_id, "cancelled")["hub_job"] is None


def test_erased_job_is_deleted_at_the_hub(pair: Pair) -> None:
    job_id = pair.edge.transcribed(wav(seconds=0.7))
    sent = pair.at_hub(job_id)
    url = f"{pair.edge.url}/v1/jobs/{job_id}/content?reason=request"
    assert pair.edge.http.delete(url).status_code == 200
    pair.forwarded(job_id, "erased")
    assert pair.hub.deps.blobs.size(sent.audio.key) is None
    chain = pair.edge.deps.ledger.custody.get(job_id, tenant="default")
    assert chain.entries[-1].kind == "withdrawn"


def test_correction_ranks_above_the_hubs_transcript(pair: Pair) -> None:
    job_id = pair.edge.transcribed(wav(seconds=0.8))
    operations = [{"op": "replace_text", "segment": 0, "first_word": 1, "text": "Ada"}]
    url = f"{pair.edge.url}/v1/jobs/{job_id}/revisions"
    corrected = pair.edge.http.post(url, json={"parent": 1, "operations": operations})
    assert corrected.status_code == 201, corrected.text
    pair.transcribe_at_hub(job_id)
    pair.forwarded(job_id, "succeeded")
    assert [one["kind"] for one in pair.revisions(job_id)] == ["machine", "corrected", "hub"]
    assert pair.edge.http.get(url).json()["default"] == 2


def _transcript(text: str) -> Transcript:
    [segment] = HELLO.segments
    words = [replace(word, text=new) for word, new in zip(segment.words, text.split(), strict=True)]
    return replace(HELLO, segments=(replace(segment, text=text, words=tuple(words)),))
