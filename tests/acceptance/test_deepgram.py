"""Deepgram's own client, and a call as SIPREC sends it, on a farm with models."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment
from deepgram.errors import BadRequestError

from tests.support.farm import EmbeddedFarm
from tests.support.readiness import NO_AUTHORITIES
from tests.support.recordings import SAMPLES

pytestmark = [
    pytest.mark.slow,
    # The client imports a name that a newer websockets has deprecated.
    pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning"),
]

SLICE_BYTES = 640


def environment(url: str) -> DeepgramClientEnvironment:
    return DeepgramClientEnvironment(base=url, production=url, agent=url, agent_rest=url)


@pytest.fixture(scope="module")
def deepgram(farm: EmbeddedFarm) -> Iterator[DeepgramClient]:
    """Return the client, with connections that are closed at the end."""
    with httpx.Client(timeout=60, verify=NO_AUTHORITIES) as http:
        yield DeepgramClient(api_key="any", environment=environment(farm.url), httpx_client=http)


@pytest.fixture(scope="module")
def spoken() -> list[dict[str, Any]]:
    """Return the speaker turns of the sample call."""
    reference = json.loads((SAMPLES / "support-call.json").read_text("utf-8"))
    return list(reference["turns"])


def samples(name: str) -> bytes:
    with wave.open(str(SAMPLES / name)) as file:
        return file.readframes(file.getnframes())


def slices(audio: bytes) -> Iterator[bytes]:
    return (audio[at : at + SLICE_BYTES] for at in range(0, len(audio), SLICE_BYTES))


async def arriving(audio: bytes) -> AsyncIterator[bytes]:
    for one in slices(audio):
        yield one


def test_client_gets_words_speakers_utterances_and_paragraphs(
    deepgram: DeepgramClient, support_call: Path, spoken: list[dict[str, Any]]
) -> None:
    answer = deepgram.listen.v1.media.transcribe_file(
        request=support_call.read_bytes(),
        model="nova-3",
        diarize=True,
        smart_format=True,
        utterances=True,
        paragraphs=True,
        tag=["support"],
    )
    [channel] = answer.results.channels
    [alternative] = channel.alternatives
    assert alternative.transcript == " ".join(turn["text"] for turn in spoken)
    assert " ".join(word.word for word in alternative.words) == alternative.transcript
    assert {word.speaker for word in alternative.words} == {0, 1}
    assert 0.5 < alternative.confidence <= 1
    assert [one.transcript for one in answer.results.utterances] == [one["text"] for one in spoken]
    assert alternative.paragraphs.paragraphs[0].sentences[0].text == spoken[0]["text"]
    assert (answer.metadata.channels, answer.metadata.tags) == (1, ["support"])
    assert answer.metadata.created.tzinfo is not None


def test_keywords_of_the_client_become_hotwords(
    farm: EmbeddedFarm, deepgram: DeepgramClient, support_call: Path
) -> None:
    answer = deepgram.listen.v1.media.transcribe_file(
        request=support_call.read_bytes()[: 4 * 32_000], keywords=["internet:2", "account"]
    )
    job = farm.job(answer.metadata.request_id)
    assert job["options"] == {"hotwords": "internet, account"}


def test_asynchronous_client_sends_headerless_audio_as_it_arrives(
    farm: EmbeddedFarm, spoken: list[dict[str, Any]]
) -> None:
    async def transcribe() -> Any:
        async with httpx.AsyncClient(timeout=60, verify=NO_AUTHORITIES) as http:
            client = AsyncDeepgramClient(
                api_key="any", environment=environment(farm.url), httpx_client=http
            )
            return await client.listen.v1.media.transcribe_file(
                request=arriving(samples("support-call.wav")),
                encoding="linear16",
                detect_language=True,
                request_options={"additional_query_parameters": {"sample_rate": 16_000}},
            )

    answer = asyncio.run(transcribe())
    [channel] = answer.results.channels
    assert channel.alternatives[0].transcript == " ".join(turn["text"] for turn in spoken)
    assert channel.detected_language == "en"


def test_each_channel_of_headerless_audio_is_answered(deepgram: DeepgramClient) -> None:
    mono = samples("support-call.wav")
    left_only = b"".join(mono[at : at + 2] + b"\0\0" for at in range(0, len(mono), 2))
    answer = deepgram.listen.v1.media.transcribe_file(
        request=slices(left_only),
        encoding="linear16",
        multichannel=True,
        request_options={"additional_query_parameters": {"sample_rate": 16_000, "channels": 2}},
    )
    left, right = (channel.alternatives[0] for channel in answer.results.channels)
    assert left.transcript.startswith("hello thank you for calling")
    assert (right.transcript, right.words, right.confidence) == ("", [], 0.0)


def test_silence_has_an_empty_transcript(deepgram: DeepgramClient) -> None:
    answer = deepgram.listen.v1.media.transcribe_file(
        request=bytes(16_000),
        encoding="mulaw",
        request_options={"additional_query_parameters": {"sample_rate": 8000}},
    )
    assert answer.results.channels[0].alternatives[0].transcript == ""


def test_client_raises_its_own_errors(deepgram: DeepgramClient, support_call: Path) -> None:
    with pytest.raises(BadRequestError) as refused:
        deepgram.listen.v1.media.transcribe_file(request=support_call.read_bytes(), summarize="v2")
    assert refused.value.body["err_code"] == "Bad Request"
    assert refused.value.body["err_msg"].startswith("summarize: ")
    with pytest.raises(ApiError) as forbidden:
        deepgram.listen.v1.media.transcribe_url(url="http://127.0.0.1:1/call.wav")
    assert forbidden.value.body["err_code"] == "REMOTE_CONTENT_ERROR"


def test_call_of_siprec_is_transcribed(farm: EmbeddedFarm, spoken: list[dict[str, Any]]) -> None:
    answer = farm.http.post(
        "/stt/transcribe",
        files={"audio": ("audio.wav", samples("support-call.wav"))},
        data={"language": "en", "model": "demo"},
    )
    assert answer.json()["text"] == " ".join(turn["text"] for turn in spoken)
