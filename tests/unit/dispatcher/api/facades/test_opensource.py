"""Which headerless audio SIPREC's provider `opensource` sends."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.support.recordings import wav
from whisperfarm_dispatcher.api.facades.assumed_audio import AssumedAudio
from whisperfarm_dispatcher.api.facades.opensource.headerless import assumed_options

PCM = bytes(range(200))


@pytest.mark.parametrize(
    ("filename", "given", "expected"),
    [
        ("audio.wav", {}, {"encoding": "s16le", "sample_rate": "16000"}),
        ("audio.PCM", {"sample_rate": "8000"}, {"encoding": "s16le"}),
        ("audio.mulaw", {}, {"encoding": "mulaw", "sample_rate": "16000"}),
        ("audio.pcma", {}, {"encoding": "alaw", "sample_rate": "16000"}),
        ("audio.g722", {}, {"encoding": "g722"}),
        ("audio.wav", {"encoding": "mulaw"}, {"sample_rate": "16000"}),
        ("audio.wav", {"encoding": "nonsense"}, {}),
        ("audio.flac", {}, {}),
        ("audio", {}, {}),
    ],
)
def test_encoding_of_headerless_audio_is_that_of_the_file_name(
    filename: str, given: dict[str, str], expected: dict[str, str]
) -> None:
    assert assumed_options(filename, PCM, given) == expected


@pytest.mark.parametrize("head", [b"", wav()[:64]])
def test_nothing_is_assumed_of_a_file_with_a_header(head: bytes) -> None:
    assert assumed_options("audio.pcm", head, {}) == {}


def test_assumptions_are_made_once_all_fields_have_arrived() -> None:
    options: dict[str, str] = {}

    async def arriving() -> AsyncIterator[bytes]:
        yield PCM[:10]
        yield PCM[10:]
        options["sample_rate"] = "8000"

    async def read(audio: AssumedAudio) -> bytes:
        return b"".join([chunk async for chunk in audio.read()])

    audio = AssumedAudio(arriving(), options, partial(assumed_options, "audio.wav"))
    assert asyncio.run(read(audio)) == PCM
    assert options == {"sample_rate": "8000", "encoding": "s16le"}
    assert audio.warnings == ("the audio has no header; it was read with encoding=s16le",)
