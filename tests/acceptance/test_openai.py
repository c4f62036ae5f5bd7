"""The package `openai` against a farm with the demo models."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.support.farm import EmbeddedFarm
from tests.support.readiness import NO_AUTHORITIES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sdk(farm: EmbeddedFarm) -> Iterator[openai.OpenAI]:
    """Return a client of the farm. It does not retry, so that errors are seen at once."""
    with openai.OpenAI(
        base_url=f"{farm.url}/v1",
        api_key="any",
        max_retries=0,
        timeout=120,
        http_client=httpx.Client(verify=NO_AUTHORITIES),
    ) as made:
        yield made


@pytest.fixture(scope="module")
def text(sdk: openai.OpenAI, support_call: Path) -> str:
    made = sdk.audio.transcriptions.create(file=support_call, model="whisper-1")
    assert made.text
    return made.text


def test_verbose_json_has_words_and_segments(
    sdk: openai.OpenAI, support_call: Path, text: str
) -> None:
    made = sdk.audio.transcriptions.create(
        file=support_call,
        model="whisper-1",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
        language="en",
    )
    assert made.language == "english"
    assert made.segments
    assert made.words
    assert " ".join(word.word for word in made.words) == text
    assert made.duration > made.words[-1].start


def test_diarized_json_has_two_speakers(sdk: openai.OpenAI, support_call: Path) -> None:
    made = sdk.audio.transcriptions.create(
        file=support_call,
        model="gpt-4o-transcribe-diarize",
        response_format="diarized_json",
        chunking_strategy={"type": "server_vad", "threshold": 0.5},
    )
    assert {segment.speaker for segment in made.segments} == {"SPEAKER_00", "SPEAKER_01"}


def test_stream_ends_with_the_whole_text(sdk: openai.OpenAI, support_call: Path, text: str) -> None:
    create = sdk.audio.transcriptions.create
    events = list(create(file=support_call, model="whisper-1", stream=True))
    deltas = [one.delta for one in events if one.type == "transcript.text.delta"]
    assert len(deltas) > 1
    assert "".join(deltas) == text
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == text


def test_async_client_receives_the_same_text(
    farm: EmbeddedFarm, support_call: Path, text: str
) -> None:
    async def transcribe() -> str:
        http = httpx.AsyncClient(verify=NO_AUTHORITIES)
        async with openai.AsyncOpenAI(
            base_url=f"{farm.url}/v1", api_key="any", http_client=http, timeout=120
        ) as made:
            return (
                await made.audio.transcriptions.create(file=support_call, model="whisper-1")
            ).text

    assert asyncio.run(transcribe()) == text


def test_raw_response_has_the_id_of_the_job(
    sdk: openai.OpenAI, farm: EmbeddedFarm, support_call: Path, text: str
) -> None:
    raw = sdk.audio.transcriptions.with_raw_response.create(file=support_call, model="demo")
    assert raw.parse().text == text
    assert farm.job(raw.headers["x-request-id"])["state"] == "succeeded"


def test_model_that_cannot_translate_is_a_bad_request(
    sdk: openai.OpenAI, support_call: Path
) -> None:
    with (
        pytest.warns(DeprecationWarning, match="deprecated"),
        pytest.raises(openai.BadRequestError, match="cannot translate"),
    ):
        sdk.audio.translations.create(file=support_call, model="demo")
