"""Calls that SIPREC's provider `deepgram` sends while they last: in slices of 20 ms, of unknown
length."""

import hashlib
import http.client
import json
import random
import socket
from collections.abc import Iterator
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
QUERY = (
    "channels=1&detect_language=false&diarize=false&encoding=mulaw&language=en-US&model=nova-2"
    "&numerals=true&profanity_filter=false&punctuate=true&sample_rate=8000&smart_format=true"
)


@pytest.fixture
def farm(tmp_path: Any) -> Iterator[DispatcherFarm]:
    with started(tmp_path, api_keys="key-of-siprec") as running, answering(running):
        yield running


@dataclass
class Call:
    """A request whose body is sent slice by slice."""

    connection: socket.socket
    digest: Any = field(default_factory=hashlib.sha256)

    @classmethod
    def begin(cls, farm: DispatcherFarm) -> "Call":
        host, port = farm.url.removeprefix("http://").split(":")
        call = cls(socket.create_connection((host, int(port)), timeout=DEADLINE_S))
        head = (
            f"POST /v1/listen?{QUERY} HTTP/1.1",
            f"Host: {host}:{port}",
            "User-Agent: Go-http-client/1.1",
            "Transfer-Encoding: chunked",
            "Authorization: Token key-of-siprec",
            "Content-Type: audio/mulaw",
            "Accept-Encoding: gzip",
        )
        call.connection.sendall("\r\n".join((*head, "", "")).encode())
        return call

    def send(self, audio: bytes) -> None:
        self.digest.update(audio)
        self.connection.sendall(b"%x\r\n%s\r\n" % (len(audio), audio))

    def end(self) -> None:
        self.connection.sendall(b"0\r\n\r\n")

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Read the answer, and close the connection."""
        with self.connection:
            response = http.client.HTTPResponse(self.connection, method="POST")
            response.begin()
            return response.status, json.loads(response.read())


def test_calls_that_arrive_at_once_are_each_transcribed(farm: DispatcherFarm) -> None:
    noise = random.Random(1)
    calls = [Call.begin(farm) for _ in range(CALLS)]
    for _ in range(SLICES):
        for call in calls:
            call.send(noise.randbytes(SLICE_BYTES))
    for call in calls:
        call.end()
    for call in calls:
        status, document = call.answer()
        assert (status, document["metadata"]["sha256"]) == (200, call.digest.hexdigest())
        assert document["results"]["channels"][0]["alternatives"][0]["transcript"] == "hello there"
    assert len(farm.jobs()) == CALLS


def test_calls_that_break_off_leave_no_job_and_no_audio(farm: DispatcherFarm) -> None:
    calls = [Call.begin(farm) for _ in range(CALLS)]
    for call in calls:
        # more than a block, so that the blob exists when the call breaks off
        call.send(bytes(2 << 20))
    until(lambda: len(farm.blobs()) >= CALLS, "the audio of all calls")
    for call in calls:
        call.connection.close()
    until(lambda: farm.blobs() == [], "the end of all audio")
    assert farm.jobs() == []


def test_call_without_audio_is_refused(farm: DispatcherFarm) -> None:
    call = Call.begin(farm)
    call.end()
    status, document = call.answer()
    assert (status, document["err_msg"]) == (400, "the audio is empty; send a recording")
    assert (farm.jobs(), farm.blobs()) == ([], [])
