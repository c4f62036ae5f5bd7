"""OpenAI's API for audio, called by the package `openai`."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.integration.dispatcher.farm import HELLO, WAV, DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from whisperfarm_contract.job import Job

KEY = "key-of-the-client"

PCM = bytes(range(256)) * 64


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    settings: dict[str, Any] = {
        "presets": ("demo", "small"),
        "model_aliases": ("whisper-1=small", "gpt-4o*"),
        "headerless_audio": "s16le:8000",
    }
    folder = tmp_path_factory.mktemp("farm")
    with started(folder, api_keys=KEY, **settings) as running, answering(running):
        yield running


@pytest.fixture(scope="module")
def client(farm: DispatcherFarm) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=f"{farm.url}/v1", max_retries=0) as made:
        yield made


def newest(farm: DispatcherFarm) -> Job:
    return farm.jobs()[0]


def test_json_has_the_text_and_the_usage(client: openai.OpenAI, audio: bytes) -> None:
    made = client.audio.transcriptions.create(file=("call.wav", audio), model="demo")
    assert made.text == HELLO.text
    assert made.usage is not None
    assert made.usage.type == "duration"


def test_fields_become_options_of_the_job(
    farm: DispatcherFarm, client: openai.OpenAI, audio: bytes
) -> None:
    client.audio.transcriptions.create(
        file=("call.wav", audio),
        model="whisper-1",
        language="en-US",
        prompt="a call",
        temperature=0.2,
        extra_body={"hotwords": "router"},
    )
    job = newest(farm)
    assert (job.preset, job.audio.filename) == ("small", "call.wav")
    assert (job.options.language, job.options.initial_prompt) == ("en", "a call")
    assert (job.options.temperature, job.options.hotwords) == (0.2, "router")


@pytest.mark.parametrize(
    ("response_format", "start"),
    [("text", "hello there"), ("srt", "1\n00:00:00,100 --> "), ("vtt", "WEBVTT\n\n00:00.100")],
)
def test_text_formats_are_plain_text(
    client: openai.OpenAI, audio: bytes, response_format: Any, start: str
) -> None:
    made = client.audio.transcriptions.create(
        file=("call.wav", audio), model="demo", response_format=response_format
    )
    assert str(made).startswith(start)


@pytest.mark.parametrize(
    ("granularities", "has_words", "has_segments"),
    [([], True, True), (["word"], True, False), (["segment"], False, True)],
)
def test_verbose_json_has_the_requested_times(
    client: openai.OpenAI,
    audio: bytes,
    granularities: Any,
    has_words: bool,
    has_segments: bool,
) -> None:
    made = client.audio.transcriptions.create(
        file=("call.wav", audio),
        model="demo",
        response_format="verbose_json",
        timestamp_granularities=granularities,
    )
    assert (made.language, made.duration) == ("english", HELLO.duration)
    assert (made.words is not None, made.segments is not None) == (has_words, has_segments)
    if made.words:
        assert [(one.word, one.start) for one in made.words] == [("hello", 0.1), ("there", 0.2)]


def test_diarized_json_requests_speakers(
    farm: DispatcherFarm, client: openai.OpenAI, audio: bytes
) -> None:
    made = client.audio.transcriptions.create(
        file=("call.wav", audio), model="demo", response_format="diarized_json"
    )
    assert newest(farm).options.diarize is True
    assert [(one.start, one.text) for one in made.segments] == [(0.1, "hello there")]


def test_stream_has_the_text_in_parts(client: openai.OpenAI, audio: bytes) -> None:
    events = list(
        client.audio.transcriptions.create(file=("call.wav", audio), model="demo", stream=True)
    )
    assert [one.type for one in events] == ["transcript.text.delta", "transcript.text.done"]
    assert [events[0].delta, events[1].text] == [HELLO.text, HELLO.text]


def test_translation_is_a_task_of_the_job(
    farm: DispatcherFarm, client: openai.OpenAI, audio: bytes
) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        made = client.audio.translations.create(file=("call.wav", audio), model="small")
    assert (made.text, newest(farm).options.task) == (HELLO.text, "translate")


def test_models_are_the_presets_and_their_aliases(client: openai.OpenAI) -> None:
    assert [one.id for one in client.models.list()] == ["demo", "small", "whisper-1"]
    assert client.models.retrieve("gpt-4o-transcribe").id == "gpt-4o-transcribe"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("enormous")


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        ((openai.NotFoundError, "model"), {"model": "enormous"}),
        ((openai.BadRequestError, "temperature"), {"temperature": 7}),
        ((openai.BadRequestError, "prompt"), {"prompt": "x" * 3000}),
        ((openai.BadRequestError, "language"), {"language": "xx"}),
        ((openai.BadRequestError, "response_format"), {"response_format": "docx"}),
        (
            (openai.BadRequestError, "timestamp_granularities"),
            {"timestamp_granularities": ["word"]},
        ),
        ((openai.BadRequestError, "stream"), {"response_format": "srt", "stream": True}),
        ((openai.BadRequestError, None), {"extra_body": {"colour": "red"}}),
        ((openai.BadRequestError, None), {"file": ("call.wav", b"")}),
        ((openai.BadRequestError, None), {"file": ("call.pdf", b"%PDF-1.7\n" + bytes(100_000))}),
        ((openai.BadRequestError, None), {"file": ("call.wav", b"%PDF-1.7\n" * 10_000)}),
    ],
)
def test_errors_are_those_of_the_package(
    farm: DispatcherFarm,
    client: openai.OpenAI,
    audio: bytes,
    expected: tuple[type[openai.APIStatusError], str | None],
    fields: dict[str, Any],
) -> None:
    error, param = expected
    before = len(farm.jobs())
    given: dict[str, Any] = {"file": ("call.wav", audio), "model": "demo", **fields}
    with pytest.raises(error) as raised:
        client.audio.transcriptions.create(**given)
    assert raised.value.type == "invalid_request_error"
    assert raised.value.param == param
    assert len(farm.jobs()) == before


def test_invalid_key_is_an_authentication_error(farm: DispatcherFarm, audio: bytes) -> None:
    with (
        openai.OpenAI(api_key="wrong", base_url=f"{farm.url}/v1", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError) as raised,
    ):
        stranger.audio.transcriptions.create(file=("call.wav", audio), model="demo")
    assert raised.value.code == "invalid_api_key"


@pytest.mark.parametrize("samples", [PCM, bytes(100_000)])
def test_headerless_audio_is_read_as_the_farm_assumes(
    farm: DispatcherFarm, client: openai.OpenAI, samples: bytes
) -> None:
    made = client.audio.transcriptions.create(
        file=("5f1c.wav", samples), model="demo", response_format="verbose_json"
    )
    options = newest(farm).options
    assert (options.encoding, options.sample_rate) == ("s16le", 8000)
    assert made.model_extra is not None
    assert made.model_extra["warnings"] == [
        "the audio has no header; it was read with encoding=s16le, sample_rate=8000"
    ]


def test_audio_with_a_header_is_not_read_as_headerless(
    farm: DispatcherFarm, client: openai.OpenAI, audio: bytes
) -> None:
    client.audio.transcriptions.create(file=("5f1c.wav", audio), model="demo")
    assert newest(farm).options.encoding is None


def test_request_that_is_not_a_form_has_an_error_document(farm: DispatcherFarm) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    url = f"{farm.url}/v1/audio/transcriptions"
    answer = farm.http.post(url, content=json.dumps({"model": "demo"}), headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "audio-unreadable"
    assert farm.http.post(url, headers=WAV).json()["error"]["code"] == "invalid_api_key"
