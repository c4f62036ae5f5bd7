"""Recordings of requests: with and without a header, and in JSON bodies."""

import asyncio
import io
import struct
import wave
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.support.recordings import wav
from whisperfarm_contract.problems import ClientError, InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts
from whisperfarm_dispatcher.api.facades.deepgram.query import ListenRequest
from whisperfarm_dispatcher.api.facades.deepgram.recording import read_url, with_header

RAW = {"encoding": "s16le", "sample_rate": "8000", "language": "en"}


async def arriving(audio: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(audio), 20):
        yield audio[start : start + 20]


def described(
    audio: bytes, options: Mapping[str, str], *, channels: int = 1
) -> tuple[Mapping[str, str], bytes]:
    """Return the options and the bytes of a recording that arrives in small pieces."""

    async def read() -> tuple[Mapping[str, str], bytes]:
        listen = ListenRequest(options=options, parts=AnswerParts(), raw_channels=channels)
        found, described_audio = await with_header(listen, arriving(audio))
        return found, b"".join([chunk async for chunk in described_audio])

    return asyncio.run(read())


def test_headerless_audio_stays_as_it_is() -> None:
    assert described(bytes(1000), RAW) == (RAW, bytes(1000))
    assert described(b"", RAW, channels=2)[1] == b""


def test_encoding_of_audio_with_a_header_is_ignored() -> None:
    assert described(wav(), RAW, channels=2) == ({"language": "en"}, wav())


def test_headerless_audio_of_two_channels_gets_a_header() -> None:
    options, audio = described(bytes(4000), RAW, channels=2)
    assert options == {"language": "en"}
    assert struct.unpack_from("<IH", audio, 28) == (32_000, 4)
    with wave.open(io.BytesIO(audio)) as file:
        assert file.getparams()[:3] == (2, 2, 8000)
        assert file.readframes(2000) == bytes(4000)


@pytest.mark.parametrize(
    ("options", "name"),
    [({"encoding": "gsm"}, "channels"), ({"encoding": "mulaw"}, "encoding")],
)
def test_channels_that_no_header_can_state_are_refused(options: dict[str, str], name: str) -> None:
    with pytest.raises(InvalidOption, match=f"^{name}: "):
        described(bytes(100), options, channels=2)


def test_url_is_read_from_a_json_body() -> None:
    assert read_url({"url": "https://a.example/b.wav"}) == "https://a.example/b.wav"


@pytest.mark.parametrize("body", [None, [], {}, {"url": 1}, {"url": "https://a.example", "x": 1}])
def test_json_body_without_a_url_alone_is_refused(body: Any) -> None:
    with pytest.raises(ClientError):
        read_url(body)
