"""A dispatcher whose blobs are encrypted."""

from pathlib import Path

from tests.integration.dispatcher.farm import started
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.blobs.encryption import EncryptedBlobs, Keyring, MasterKey
from whisperfarm_store.blobs.encryption.header import MAGIC

KEYS = Keyring([MasterKey("a", bytes(32))])


def test_recording_and_transcript_are_served_from_encrypted_blobs(
    tmp_path: Path, audio: bytes
) -> None:
    blobs = EncryptedBlobs(FolderBlobs(tmp_path / "blobs"), KEYS)
    with started(tmp_path, blobs=blobs) as farm:
        job_id = farm.transcribed(audio)
        job = f"{farm.url}/v1/jobs/{job_id}"
        part = farm.http.get(f"{job}/audio", headers={"Range": "bytes=4-11"})
        assert (part.status_code, part.content) == (206, audio[4:12])
        assert part.headers["Content-Range"] == f"bytes 4-11/{len(audio)}"
        assert farm.http.get(f"{job}/audio").content == audio
        assert farm.http.get(f"{job}/result?link=true").json()["url"] == f"/v1/jobs/{job_id}/result"
        assert farm.http.get(f"{job}/result").json()["text"] == "hello there"
        stored = [(tmp_path / "blobs" / key).read_bytes() for key in farm.blobs()]
        assert stored
        assert all(one.startswith(MAGIC) for one in stored)


def test_planted_plain_blob_is_refused_where_encryption_is_required(
    tmp_path: Path, audio: bytes
) -> None:
    stored = FolderBlobs(tmp_path / "blobs")
    blobs = EncryptedBlobs(stored, KEYS, accepts_plain=False)
    with started(tmp_path, blobs=blobs) as farm:
        job = f"{farm.url}/v1/jobs/{farm.transcribed(audio)}"
        assert farm.http.get(f"{job}/result").status_code == 200
        for key in farm.blobs():
            stored.put(key, b"{}")
        for path in ("result", "audio"):
            answer = farm.http.get(f"{job}/{path}")
            assert (answer.status_code, answer.json()["name"]) == (500, "blob-not-encrypted")


def test_missing_key_is_a_problem_that_names_it(tmp_path: Path, audio: bytes) -> None:
    stored = FolderBlobs(tmp_path / "blobs")
    with started(tmp_path, blobs=EncryptedBlobs(stored, KEYS)) as farm:
        job_id = farm.transcribed(audio)
    other = EncryptedBlobs(stored, Keyring([MasterKey("b", bytes(32))]))
    with started(tmp_path, blobs=other) as farm:
        answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result")
    assert (answer.status_code, answer.json()["name"]) == (503, "encryption-key-missing")
    assert "'a'" in answer.json()["detail"]
