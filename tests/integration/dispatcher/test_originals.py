"""A farm keeps nothing of what a job has destroyed: no byte of its files has it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from tests.integration.dispatcher.receivers import Receiver, answers, receiver
from tests.integration.dispatcher.stub_worker import build_runner, working
from tests.support.fake_engine import FakeEngine, noise, speech
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger.db.tables import cached_results
from whisperfarm_worker.attempt.originals import Originals

CARD = "4111 1111 1111 1111"
SPOKEN = "four one one one one one one one one one one one one one one one"
SECRETS = [b"1111 1111", b"11111111", b"one one one"]
SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
DESTROY = {"redact": "card", "originals": "destroy", "diarize": "false"}
FIRST, SECOND = speech(0.0, 1.4), speech(2.0, 3.4)
"""Of the first, the number is from 0.4 to 1.2 s, and the second is all but its last word."""


class StubEngine(FakeEngine):
    """An engine that knows two sentences, each with the number of a card."""

    def __init__(self) -> None:
        super().__init__()
        self.finder.found = [FIRST, SECOND]
        self.model.texts = [f"pay with {CARD} please", f"{SPOKEN} please"]


class Journal(FolderBlobs):
    """Blobs in a folder, and the bytes of all that were ever stored at once, by key."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.stored: list[tuple[str, bytes]] = []

    def put(self, key: str, data: bytes) -> None:
        self.stored.append((key, data))
        super().put(key, data)


class DyingBlobs(FolderBlobs):
    """Blobs of a worker that dies before it deletes one."""

    def delete(self, key: str) -> None:
        raise OSError(key)


@pytest.fixture(scope="module")
def recording() -> bytes:
    return wav((noise(4.0)[0] * 32767).astype("<i2").tobytes())


@pytest.fixture
def calls() -> Iterator[Receiver]:
    with receiver(answers(200)) as running:
        yield running


def start(folder: Path, **settings: Any) -> Any:
    """Start a farm with custody, search and callbacks."""
    common = {"custody": True, "callback_secrets": SECRET, "callback_interval_s": 0.02}
    return started(folder, allowed_networks="127.0.0.0/8", **{**common, **settings})


def submit(farm: DispatcherFarm, audio: bytes, **fields: str) -> dict[str, Any]:
    headers = {**WAV, "Idempotency-Key": "once"} if "reference" in fields else WAV
    url = f"{farm.url}/v1/jobs"
    answer = farm.http.post(url, content=audio, params={**fields}, headers=headers)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def ended(farm: DispatcherFarm, job_id: str) -> dict[str, Any]:
    url = f"{farm.url}/v1/jobs/{job_id}?wait=20"
    job = dict(farm.http.get(url).json())
    assert job["state"] == "succeeded", job
    return job


def masked_samples(audio: bytes) -> list[bytes]:
    """Return pieces of the recording where the numbers are."""
    starts = [44 + 2 * round(time * 16_000) for time in (0.5, 0.8, 1.1, 2.2, 2.8, 3.2)]
    return [audio[start : start + 64] for start in starts]


def found_in_files(folder: Path, secrets: list[bytes]) -> set[tuple[str, bytes]]:
    """Return what any file has, also pages of databases that are not in use."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(path.suffix == ".sqlite" for path in files)
    found = ((path.name, one) for path, data in files.items() for one in secrets if one in data)
    return set(found)


def revise(farm: DispatcherFarm, job_id: str) -> None:
    """Correct the transcript, and approve it, with a number everywhere a person can write one."""
    url, remark = f"{farm.url}/v1/jobs/{job_id}/revisions", {"note": CARD, "tags": [CARD]}
    text = {"op": "replace_text", "segment": 0, "first_word": 0, "text": f"it is {CARD} now"}
    corrected = farm.http.post(url, json={"parent": 1, "operations": [text], **remark})
    assert corrected.status_code == 201, corrected.text
    assert farm.http.post(f"{url}/2/approve", json=remark).status_code == 201


def read_everything(farm: DispatcherFarm, job_id: str) -> list[bytes]:
    """Return all answers about the job: its document, the list, its transcripts and its custody."""
    url = f"{farm.url}/v1/jobs/{job_id}"
    paths = ["", "/revisions", "/custody", *(f"/result?format={one}" for one in RESULT_FORMATS)]
    answers_ = [farm.http.get(f"{url}{path}") for path in paths]
    assert {one.status_code for one in answers_} == {200}
    return [one.content for one in answers_]


def test_no_byte_of_the_originals_is_left(
    tmp_path: Path, recording: bytes, calls: Receiver
) -> None:
    folder, fields = tmp_path / "farm", {**DESTROY, "callback_url": calls.url}
    fields |= {"filename": f"{CARD}.wav", "reference": f"call of {CARD}"}
    fields |= {"metadata": json.dumps({CARD: [4111111111111111, CARD]}), "initial_prompt": CARD}
    secrets = [*SECRETS, *masked_samples(recording)]
    journal = Journal(folder / "blobs")
    with capture_logs() as logs, start(folder, blobs=journal) as farm:
        with working(farm, build_runner(farm, folder / "tmp", StubEngine(), checkpoint_s=1e-9)):
            job_id = submit(farm, recording, **fields)["id"]
            ended(farm, job_id)
            key = f"audio/default/{job_id}"
            until(lambda: journal.size(key) is None, "the recording to be deleted")
            assert submit(farm, recording, **fields)["id"] == job_id
        audio_url = f"{farm.url}/v1/jobs/{job_id}/audio"
        gone, redacted = (farm.http.get(f"{audio_url}{one}") for one in ("", "?redact=card"))
        revise(farm, job_id)
        with farm.deps.ledger.database.read() as connection:
            assert connection.execute(select(cached_results)).all() == []
        list_url = f"{farm.url}/v1/jobs?text=please"
        until(lambda: farm.http.get(list_url).json()["jobs"], "the search to find the text")
        read = read_everything(farm, job_id)
        events = calls.await_requests(3)
    assert (gone.status_code, gone.json()["name"]) == (410, "recording-expired")
    assert "destroyed" in gone.json()["detail"]
    assert redacted.status_code == 200
    assert len(redacted.content) == len(recording)
    assert found_in_files(folder, secrets) == set()
    written = [*journal.stored, *(("read", one) for one in read), ("log", str(logs).encode())]
    written += [("callback", one.body) for one in events]
    assert {name for name, data in written for one in SECRETS if one in data} == set()
    assert b"[card]" in read[0]


def test_another_job_of_the_recording_keeps_its_originals(tmp_path: Path, recording: bytes) -> None:
    """It neither gets the redacted transcript from the result cache, nor is it deleted."""
    folder = tmp_path / "farm"
    secrets = [*SECRETS[:1], *SECRETS[2:], *masked_samples(recording)]
    with start(folder) as farm, working(farm, build_runner(farm, folder / "tmp", StubEngine())):
        for fields in (DESTROY, {"diarize": "false"}, DESTROY):
            ended(farm, submit(farm, recording, **fields)["id"])
    assert {one for _, one in found_in_files(folder, secrets)} == set(secrets)


def test_restarted_farm_deletes_what_a_dead_worker_left(tmp_path: Path, recording: bytes) -> None:
    folder = tmp_path / "farm"
    with start(folder) as farm:
        originals = Originals(farm.deps.ledger, DyingBlobs(folder / "blobs"))
        run = build_runner(farm, folder / "tmp", StubEngine(), originals=originals)
        with working(farm, run), capture_logs() as logs:
            job_id = submit(farm, recording, **DESTROY)["id"]
            ended(farm, job_id)
        assert "job.original_delete_failed" in {one["event"] for one in logs}
        assert farm.deps.blobs.size(f"audio/default/{job_id}")
    with start(folder) as farm:
        key = f"audio/default/{job_id}"
        until(lambda: farm.deps.blobs.size(key) is None, "the recording to be deleted")
    assert found_in_files(folder, masked_samples(recording)) == set()


def test_fields_behind_the_file_are_masked(farm: DispatcherFarm, audio: bytes) -> None:
    form = [(name, (None, value)) for name, value in {**DESTROY, "reference": CARD}.items()]
    files = [("file", (f"{CARD}.wav", audio, "audio/wav")), *form]
    answer = farm.http.post(f"{farm.url}/v1/jobs", files=files)
    assert answer.status_code == 202, answer.text
    [job] = farm.jobs()
    assert (job.labels.reference, job.audio.filename) == ("[card]", "[card].wav")


def test_unknown_kind_is_refused_before_anything_is_stored(
    farm: DispatcherFarm, audio: bytes
) -> None:
    options = {**DESTROY, "redact": "staff"}
    answer = farm.http.post(f"{farm.url}/v1/jobs", content=audio, params=options, headers=WAV)
    assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")
    assert farm.blobs() == []
