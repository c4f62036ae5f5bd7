"""Submitting recordings: what is accepted, and that a rejected request leaves nothing behind."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import WAV, DispatcherFarm

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def post(farm: DispatcherFarm, **request: Any) -> httpx.Response:
    return farm.http.post(f"{farm.url}/v1/jobs", **request)


def assert_refused(farm: DispatcherFarm, answer: httpx.Response, name: str, status: int) -> None:
    """Assert that the response is this problem, and that no job or blob exists."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["name"], answer.status_code) == (name, status), answer.text
    assert answer.json()["status"] == status
    assert farm.blobs() == []
    assert farm.jobs() == []


def test_form_creates_a_job(farm: DispatcherFarm, audio: bytes) -> None:
    answer = post(farm, files={"file": ("call.wav", audio)}, data={"language": "English"})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert job["links"]["result"] == f"/v1/jobs/{job['id']}/result"
    assert (job["state"], job["model"], job["options"]) == ("queued", "demo", {"language": "en"})
    assert job["audio"] == {
        "filename": "call.wav",
        "sha256": sha256(audio).hexdigest(),
        "size_bytes": len(audio),
        "duration_s": 0.5,
        "duration_is_estimated": False,
    }


def test_bare_body_creates_the_same_job(farm: DispatcherFarm, audio: bytes) -> None:
    options = {"filename": "call.wav", "language": "en", "model": "demo"}
    job = post(farm, content=audio, params=options, headers=WAV).json()
    assert job["audio"]["filename"] == "call.wav"
    assert job["options"] == {"language": "en", "model": "demo"}


@pytest.mark.parametrize(
    "query", ["filename=%C5%BC%22%20%E2%82%AC.wav", "filename=caf%E9.wav", "filename=caf%C3%A9.wav"]
)
def test_name_in_the_query_comes_back(farm: DispatcherFarm, audio: bytes, query: str) -> None:
    job = farm.http.post(f"{farm.url}/v1/jobs?{query}", content=audio, headers=WAV).json()
    assert job["audio"]["filename"] in {'ż" €.wav', "café.wav"}


def test_audio_is_stored_unchanged(farm: DispatcherFarm, audio: bytes) -> None:
    job = farm.submit(audio)
    with farm.deps.blobs.open(f"audio/default/{job['id']}") as file:
        assert file.read() == audio


def test_chunked_body_of_unknown_length_is_accepted(farm: DispatcherFarm, audio: bytes) -> None:
    chunks = (audio[at : at + 1000] for at in range(0, len(audio), 1000))
    answer = post(farm, content=chunks, headers=WAV)
    assert answer.json()["audio"]["size_bytes"] == len(audio)


def test_body_without_content_type_is_read_as_audio(farm: DispatcherFarm, audio: bytes) -> None:
    assert post(farm, content=audio).status_code == 202


def test_fields_after_the_file_are_read(farm: DispatcherFarm, audio: bytes) -> None:
    body, headers = _form(("file", audio), ("model", b"small"), ("language", b"de"))
    assert post(farm, content=body, headers=headers).json()["model"] == "small"


def test_query_and_form_options_are_merged(farm: DispatcherFarm, audio: bytes) -> None:
    answer = post(farm, files={"file": audio}, data={"language": "en"}, params={"model": "small"})
    assert answer.json()["options"] == {"language": "en", "model": "small"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\calls\\passwd", "pass\x07wd"])
def test_base_name_drops_folders(farm: DispatcherFarm, audio: bytes, name: str) -> None:
    answer = post(farm, content=audio, params={"filename": name}, headers=WAV)
    assert answer.json()["audio"]["filename"] == "passwd"


@pytest.mark.parametrize(
    ("body", "name", "status"),
    [
        (b"", "audio-empty", 422),
        (b"this is not audio\n" * 100, "audio-unreadable", 415),
        (PLAYLIST, "audio-unreadable", 415),
    ],
)
def test_file_that_is_not_audio_is_rejected(
    farm: DispatcherFarm, body: bytes, name: str, status: int
) -> None:
    assert_refused(farm, post(farm, content=body, headers=WAV), name, status)
    in_form = post(farm, files={"file": ("call.wav", body)})
    assert_refused(farm, in_form, name, status)


def test_headerless_audio_is_accepted_with_encoding_and_rate(farm: DispatcherFarm) -> None:
    options = {"encoding": "mulaw", "sample_rate": "8000"}
    job = post(farm, content=b"\xff\x7f" * 8000, params=options, headers=WAV).json()
    assert job["audio"]["duration_s"] == 2.0
    body, headers = _form(("encoding", b"s16le"), ("file", bytes(8000)), ("sample_rate", b"8000"))
    assert post(farm, content=body, headers=headers).json()["audio"]["duration_s"] == 0.5


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"model": "enormous"}, "unknown-model"),
        ({"model": "premium"}, "unknown-model"),
        ({"language": "klingon"}, "unknown-language"),
        ({"language": "de"}, "unknown-language"),
        ({"beam_size": "many"}, "invalid-option"),
        ({"encoding": "mulaw"}, "invalid-option"),
        ({"lanugage": "en"}, "unknown-option"),
        ({"wait": "forever"}, "invalid-option"),
        ({"wait": "nan"}, "invalid-option"),
        ({"wait": "-1"}, "invalid-option"),
        ({"format": "pdf"}, "unknown-format"),
        ({"format": "all"}, "unknown-format"),
    ],
)
def test_invalid_options_are_rejected_in_every_position(
    farm: DispatcherFarm, audio: bytes, options: dict[str, str], name: str
) -> None:
    assert_refused(farm, post(farm, content=audio, params=options, headers=WAV), name, 422)
    before = post(farm, data=options, files={"file": ("call.wav", audio)})
    assert_refused(farm, before, name, 422)
    fields = [(key, value.encode()) for key, value in options.items()]
    body, headers = _form(("file", audio), *fields)
    assert_refused(farm, post(farm, content=body, headers=headers), name, 422)


def test_form_with_two_files_is_rejected(farm: DispatcherFarm, audio: bytes) -> None:
    files = [("file", ("one.wav", audio)), ("file", ("two.wav", audio))]
    assert_refused(farm, post(farm, files=files), "invalid-option", 422)


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_urlencoded_forms_are_rejected(
    farm: DispatcherFarm, audio: bytes, content_type: str
) -> None:
    answer = post(farm, content=audio, headers={"Content-Type": content_type})
    assert_refused(farm, answer, "client-error", 400)


def test_idempotency_key_creates_one_job(farm: DispatcherFarm, audio: bytes) -> None:
    headers = {**WAV, "Idempotency-Key": "call-17"}
    first = post(farm, content=audio, headers=headers).json()
    again = post(farm, content=audio, headers=headers)
    assert again.status_code == 202
    assert again.json()["id"] == first["id"]
    assert len(farm.jobs()) == 1
    assert farm.blobs() == [f"audio/default/{first['id']}"]


def test_reused_idempotency_key_is_a_conflict(farm: DispatcherFarm, audio: bytes) -> None:
    headers = {**WAV, "Idempotency-Key": "call-17"}
    first = post(farm, content=audio, headers=headers).json()
    for other in ({"content": audio + b"\0"}, {"content": audio, "params": {"beam_size": 2}}):
        answer = post(farm, **other, headers=headers)
        assert (answer.status_code, answer.json()["name"]) == (409, "idempotency-conflict")
    assert farm.blobs() == [f"audio/default/{first['id']}"]


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_empty_key_is_rejected(farm: DispatcherFarm, audio: bytes, key: str) -> None:
    answer = post(farm, content=audio, headers={**WAV, "Idempotency-Key": key})
    assert_refused(farm, answer, "client-error", 400)


BOUNDARY = "boundary-of-this-test"


def _form(*deps: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    """Return a form with its parts in this order."""
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + data
        + b"\r\n"
        for name, data in deps
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return body + f"--{BOUNDARY}--\r\n".encode(), headers
