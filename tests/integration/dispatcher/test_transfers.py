"""Recordings arrive in chunks, and become one job."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import TENANT, DispatcherFarm
from whisperfarm_contract.identifiers import transfer_prefix
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy

ID = "01a2215b-a039-72ff"


class Transfer:
    """The requests of one transfer."""

    def __init__(self, farm: DispatcherFarm, audio: bytes, transfer_id: str = ID) -> None:
        self._farm, self._audio = farm, audio
        self._url = f"{farm.url}/v1/transfers/{transfer_id}"

    def send(self, start: int, end: int) -> httpx.Response:
        headers = {"Upload-Offset": str(start)}
        return self._farm.http.patch(self._url, content=self._audio[start:end], headers=headers)

    def submit(self, **changes: Any) -> httpx.Response:
        digest = sha256(self._audio).hexdigest()
        body = {"size_bytes": len(self._audio), "sha256": digest, "filename": "a.wav"}
        return self._farm.http.post(f"{self._url}/job", json={**body, **changes})

    def state(self) -> dict[str, Any]:
        return dict(self._farm.http.get(self._url).json())

    def delete(self) -> dict[str, Any]:
        return dict(self._farm.http.delete(self._url).json())


@pytest.fixture
def transfer(farm: DispatcherFarm, audio: bytes) -> Transfer:
    return Transfer(farm, audio)


def test_chunks_become_one_job_however_often_it_is_asked_for(
    farm: DispatcherFarm, transfer: Transfer, audio: bytes
) -> None:
    assert transfer.send(0, 9000).json()["offset"] == 9000
    assert transfer.submit().json()["offset"] == 9000
    assert transfer.send(9000, len(audio)).json()["offset"] == len(audio)
    first, again = transfer.submit(), transfer.submit()
    assert (first.status_code, first.json()["id"]) == (202, again.json()["id"])
    assert first.json()["audio"]["sha256"] == sha256(audio).hexdigest()
    assert len(farm.jobs()) == 1
    assert transfer.state() == {"offset": 0, "job": first.json()["id"]}


@pytest.mark.parametrize("start", [0, 100])
def test_chunk_at_another_byte_is_answered_with_the_offset(transfer: Transfer, start: int) -> None:
    transfer.send(0, 50)
    refused = transfer.send(start, start + 10)
    assert (refused.status_code, refused.json()["offset"]) == (409, 50)
    assert refused.json()["name"] == "transfer-incomplete"


def test_options_are_checked_before_the_first_chunk(transfer: Transfer) -> None:
    assert transfer.submit(fields={"model": "huge"}).json()["name"] == "unknown-model"
    assert transfer.submit(size_bytes=1 << 30).json()["name"] == "audio-too-large"


def test_recording_with_another_hash_makes_no_job(
    farm: DispatcherFarm, transfer: Transfer, audio: bytes
) -> None:
    transfer.send(0, len(audio))
    damaged = transfer.submit(sha256="ab" * 32)
    assert (damaged.status_code, damaged.json()["name"]) == (422, "transfer-damaged")
    assert farm.jobs() == []
    assert transfer.delete() == {"offset": 0, "job": None}


@pytest.mark.parametrize(
    "body", [{"size_bytes": 0}, {"size_bytes": "9"}, {"sha256": "xy"}, {"fields": []}]
)
def test_invalid_request_is_refused(transfer: Transfer, body: dict[str, Any]) -> None:
    assert transfer.submit(**body).status_code == 400


def test_empty_chunk_and_invalid_id_are_refused(farm: DispatcherFarm, audio: bytes) -> None:
    assert Transfer(farm, audio).send(5, 5).status_code == 400
    assert Transfer(farm, audio, "a.b").send(0, 9).status_code == 422
    assert farm.blobs() == []


def test_legs_that_are_not_a_container_are_refused(transfer: Transfer, audio: bytes) -> None:
    transfer.send(0, len(audio))
    refused = transfer.submit(fields={"leg_offset_s": "0,1"})
    assert (refused.status_code, refused.json()["name"]) == (415, "audio-unreadable")
    assert "leg_offset_s" in refused.json()["detail"]


def test_chunks_that_were_left_are_destroyed_with_the_recording(
    farm: DispatcherFarm, transfer: Transfer, audio: bytes
) -> None:
    transfer.send(0, len(audio))
    fields = {"redact": "card", "originals": "destroy"}
    job_id = transfer.submit(fields=fields).json()["id"]
    farm.deps.blobs.put(f"{transfer_prefix(TENANT, ID)}0-{len(audio)}", audio)
    farm.deps.ledger.jobs.request_cancel(job_id, tenant=TENANT)
    policy = RetentionPolicy(audio_days=0, results_days=0, jobs_days=0, idempotency_days=7)
    Retention(farm.deps.ledger, farm.deps.blobs, policy).run_once()
    assert farm.blobs() == []
    refused = farm.http.post(f"{farm.url}/v1/jobs/{job_id}/retry")
    assert (refused.status_code, refused.json()["name"]) == (410, "recording-expired")
    assert "destroyed on request" in refused.json()["detail"]
