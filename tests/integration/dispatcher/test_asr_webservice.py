"""`/asr` and `/detect-language`, as Bazarr and other clients call them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from whisperfarm_contract.job import Job

KEY = {"Authorization": "Bearer key-of-north"}
PCM = bytes(16_000)
TRANSCRIPT = replace(HELLO, language_probability=0.98)


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a dispatcher with keys, and a worker."""
    with (
        started(
            tmp_path_factory.mktemp("farm"),
            presets=("small", "demo"),
            api_keys="north:key-of-north",
            max_upload_bytes=1 << 20,
        ) as running,
        answering(running, TRANSCRIPT),
    ):
        yield running


def post(
    farm: DispatcherFarm, path: str, content: bytes, params: dict[str, Any], **request: Any
) -> httpx.Response:
    files = {"audio_file": ("audio_file", content)}
    return farm.http.post(
        f"{farm.url}{path}", params=params, **{"files": files, "headers": KEY, **request}
    )


def newest(farm: DispatcherFarm) -> Job:
    return farm.deps.ledger.jobs.list_for_tenant("north", limit=1)[0]


def test_bazarr_gets_subtitles(farm: DispatcherFarm) -> None:
    params = {
        "task": "translate", "language": "de", "output": "srt", "encode": "false",
        "video_file": "/films/a film.mkv",
    }  # fmt: skip
    answer = post(farm, "/asr", PCM, params)
    assert answer.status_code == 200, answer.text
    assert answer.text == "1\n00:00:00,100 --> 00:00:00,400\nhello there\n\n"
    job = newest(farm)
    assert job.options.to_wire() == {
        "task": "translate", "language": "de", "encoding": "s16le", "sample_rate": 16_000,
    }  # fmt: skip
    assert job.audio.duration_s == 0.5


def test_bazarr_gets_the_language(farm: DispatcherFarm) -> None:
    params = {"encode": "false", "video_file": "/films/a film.mkv"}
    answer = post(farm, "/detect-language", PCM, params)
    assert answer.json() == {
        "detected_language": "english", "language_code": "en", "confidence": 0.98,
    }  # fmt: skip
    assert newest(farm).options.clip_timestamps == "0,30"


@pytest.mark.parametrize("output", ["txt", "vtt", "srt", "tsv", "json"])
def test_every_output_is_plain_text(farm: DispatcherFarm, audio: bytes, output: str) -> None:
    files = {"audio_file": ("a call.wav", audio)}
    answer = post(farm, "/asr", audio, {"output": output}, files=files)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["asr-engine"] == "whisperx"
    expected = f'attachment; filename="a%20call.wav.{output}"'
    assert answer.headers["content-disposition"] == expected


def test_text_is_the_default(farm: DispatcherFarm, audio: bytes) -> None:
    assert post(farm, "/asr", audio, {}).text == "hello there\n"


@pytest.mark.parametrize("path", ["/asr", "/detect-language"])
def test_errors_have_a_detail(farm: DispatcherFarm, audio: bytes, path: str) -> None:
    unknown = post(farm, path, audio, {"colour": "red"})
    assert unknown.status_code == 422
    [error] = unknown.json()["detail"]
    assert (error["type"], "colour" in error["msg"]) == ("unknown-option", True)
    no_key = post(farm, path, audio, {}, headers={})
    assert (no_key.status_code, "API key" in no_key.json()["detail"]) == (401, True)
    no_audio = post(farm, path, b"no audio", {})
    assert (no_audio.status_code, "format" in no_audio.json()["detail"]) == (415, True)
    wrong_method = farm.http.get(f"{farm.url}{path}", headers=KEY)
    assert (wrong_method.status_code, "/docs" in wrong_method.json()["detail"]) == (405, True)
