"""`/stt/transcribe` and `/health`, as SIPREC's provider `opensource` calls them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from whisperfarm_contract.job import Job

KEY = "key-of-siprec"
BEARER = {"Authorization": f"Bearer {KEY}"}
BOUNDARY = "8b4ec7f6"


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    folder = tmp_path_factory.mktemp("farm")
    with (
        started(folder, presets=("demo", "large-v3-turbo"), api_keys=KEY) as running,
        answering(running),
    ):
        yield running


def call(
    farm: DispatcherFarm,
    audio: bytes,
    *,
    name: str = "audio.wav",
    headers: dict[str, str] = BEARER,
    query: str = "",
    **fields: str,
) -> httpx.Response:
    """Send the form of SIPREC, in which the fields follow the audio."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="audio"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + audio
        + b"\r\n"
    ]
    for field, value in fields.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'
        parts.append(f"{head}{value}\r\n".encode())
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    own = headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    url = f"{farm.url}/stt/transcribe{query}"
    return farm.http.post(url, content=b"".join(parts), headers=own)


def newest(farm: DispatcherFarm) -> Job:
    return farm.jobs()[0]


def test_headerless_call_is_transcribed(farm: DispatcherFarm) -> None:
    model = "openai/whisper-large-v3-turbo"
    answer = call(farm, bytes(16_000), language="en-US", model=model)
    assert (answer.status_code, answer.json()["text"]) == (200, HELLO.text)
    assert answer.json()["warnings"] == [
        "the audio has no header; it was read with encoding=s16le, sample_rate=16000"
    ]
    options = newest(farm).options
    assert (newest(farm).preset, options.language) == ("large-v3-turbo", "en")
    assert (options.encoding, options.sample_rate) == ("s16le", 16_000)


def test_rate_of_a_headerless_call_may_be_in_the_query(farm: DispatcherFarm) -> None:
    answer = call(farm, bytes(8000), name="audio.mulaw", query="?sample_rate=8000")
    assert answer.status_code == 200
    assert (newest(farm).options.encoding, newest(farm).options.sample_rate) == ("mulaw", 8000)


def test_call_with_a_header_is_read_by_it(farm: DispatcherFarm, audio: bytes) -> None:
    answer = call(farm, audio, name="audio.pcm", model="demo")
    assert (answer.status_code, answer.json()["warnings"]) == (200, [])
    assert newest(farm).options.encoding is None


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"audio": b""}, "audio-empty"),
        ({"audio": b"nonsense", "name": "audio.flac"}, "audio-unreadable"),
        ({"audio": bytes(100), "model": "enormous"}, "unknown-model"),
        ({"audio": bytes(100), "max_tokens": "5"}, "unknown-option"),
        ({"audio": bytes(100), "headers": {}}, "missing-api-key"),
    ],
)
def test_bad_call_is_refused(farm: DispatcherFarm, params: dict[str, Any], name: str) -> None:
    jobs = len(farm.jobs())
    answer = call(farm, **params)
    assert (400 <= answer.status_code < 500, answer.json()["name"]) == (True, name)
    assert len(farm.jobs()) == jobs


def test_retry_with_an_empty_body_is_refused_as_empty(farm: DispatcherFarm) -> None:
    headers = BEARER | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = farm.http.post(f"{farm.url}/stt/transcribe", content=b"", headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (422, "audio-empty")


def test_key_may_be_in_a_header_that_siprec_names(farm: DispatcherFarm, audio: bytes) -> None:
    assert call(farm, audio, headers={"X-API-Key": KEY}).status_code == 200


def test_health_needs_no_key(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
