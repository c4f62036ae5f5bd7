"""Calls that SIPREC's providers `deepgram` and `openai` send while they last: in slices of 20 ms,
of unknown length."""

import hashlib
import http.client
import json
import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from tests.support.waiting import until

CALLS = 8
SLICE_BYTES = 160
"""20 ms of mu-law at 8000 Hz."""

SLICES = 250
KEY = "key-of-siprec"
BOUNDARY = "3d6b6a416f9b5"


@dataclass(frozen=True)
class Provider:
    """How a provider sends a call: the request, and what is before and after the audio."""

    path: str
    authorization: str
    content_type: str
    text: Callable[[Any], str]
    before: bytes = b""
    after: bytes = b""


def _openai_field(name: str, value: str) -> str:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    return f"--{BOUNDARY}\r\n{disposition}\r\n\r\n{value}\r\n"


DEEPGRAM = Provider(
    path=(
        "/v1/listen?channels=1&detect_language=false&diarize=false&encoding=mulaw&language=en-US"
        "&model=nova-2&numerals=true&profanity_filter=false&punctuate=true&sample_rate=8000"
        "&smart_format=true"
    ),
    authorization=f"Token {KEY}",
    content_type="audio/mulaw",
    text=lambda document: str(document["results"]["channels"][0]["alternatives"][0]["transcript"]),
)
OPENAI = Provider(
    path="/v1/audio/transcriptions",
    authorization=f"Bearer {KEY}",
    content_type=f"multipart/form-data; boundary={BOUNDARY}",
    text=lambda document: str(document["text"]),
    before=(
        _openai_field("model", "whisper-1")
        + _openai_field("response_format", "verbose_json")
        + _openai_field("language", "en-US")
        + f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="5f1c.wav"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode(),
    after=f"\r\n--{BOUNDARY}--\r\n".encode(),
)


@pytest.fixture(params=[DEEPGRAM, OPENAI], ids=["deepgram", "openai"])
def provider(request: pytest.FixtureRequest) -> Provider:
    chosen: Provider = request.param
    return chosen


@pytest.fixture
def farm(tmp_path: Any) -> Iterator[DispatcherFarm]:
    settings = {"api_keys": KEY, "headerless_audio": "mulaw:8000"}
    with started(tmp_path, **settings) as running, answering(running):
        yield running


@dataclass
class Call:
    """A request whose body is sent slice by slice."""

    connection: socket.socket
    provider: Provider
    digest: Any = field(default_factory=hashlib.sha256)

    @classmethod
    def begin(cls, farm: DispatcherFarm, provider: Provider) -> "Call":
        host, port = farm.url.removeprefix("http://").split(":")
        call = cls(socket.create_connection((host, int(port)), timeout=DEADLINE_S), provider)
        head = (
            f"POST {provider.path} HTTP/1.1",
            f"Host: {host}:{port}",
            "User-Agent: Go-http-client/1.1",
            "Transfer-Encoding: chunked",
            f"Authorization: {provider.authorization}",
            f"Content-Type: {provider.content_type}",
            "Accept-Encoding: gzip",
        )
        call.connection.sendall("\r\n".join((*head, "", "")).encode())
        call._send_chunk(provider.before)
        return call

    def send(self, audio: bytes) -> None:
        self.digest.update(audio)
        self._send_chunk(audio)

    def end(self) -> None:
        self._send_chunk(self.provider.after)
        self.connection.sendall(b"0\r\n\r\n")

    def _send_chunk(self, data: bytes) -> None:
        if data:
            self.connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Read the answer, and close the connection."""
        with self.connection:
            response = http.client.HTTPResponse(self.connection, method="POST")
            response.begin()
            return response.status, json.loads(response.read())


def test_calls_that_arrive_at_once_are_each_transcribed(
    farm: DispatcherFarm, provider: Provider
) -> None:
    noise = random.Random(1)
    calls = [Call.begin(farm, provider) for _ in range(CALLS)]
    for _ in range(SLICES):
        for call in calls:
            call.send(noise.randbytes(SLICE_BYTES))
    for call in calls:
        call.end()
    for call in calls:
        status, document = call.answer()
        assert (status, provider.text(document)) == (200, "hello there")
    digests = {call.digest.hexdigest() for call in calls}
    assert {job.audio.sha256 for job in farm.jobs()} == digests


def test_calls_that_break_off_leave_no_job_and_no_audio(
    farm: DispatcherFarm, provider: Provider
) -> None:
    calls = [Call.begin(farm, provider) for _ in range(CALLS)]
    for call in calls:
        # more than a block, so that the blob exists when the call breaks off
        call.send(bytes(2 << 20))
    until(lambda: len(farm.blobs()) >= CALLS, "the audio of all calls")
    for call in calls:
        call.connection.close()
    until(lambda: farm.blobs() == [], "the end of all audio")
    assert farm.jobs() == []


def test_call_without_audio_is_refused(farm: DispatcherFarm, provider: Provider) -> None:
    call = Call.begin(farm, provider)
    call.end()
    status, document = call.answer()
    assert status == 400
    assert "the audio is empty; send a recording" in json.dumps(document)
    assert (farm.jobs(), farm.blobs()) == ([], [])
