import json
from typing import Any

import pytest

from whisperfarm_client import results
from whisperfarm_client.errors import BadResponse
from whisperfarm_contract.formats import FORMATS, SubtitleOptions
from whisperfarm_contract.transcript import Coverage, Segment, Transcript

SAID = Transcript(
    language="en",
    model="demo",
    segments=(Segment(start=0.0, end=3661.5, text=" Good morning.", speaker="SPEAKER_00"),),
    coverage=Coverage(audio_s=3700.0),
)
SILENCE = Transcript(language="en", model="demo", coverage=Coverage(audio_s=2.0))


def _body(transcript: Transcript, **more: Any) -> bytes:
    return json.dumps({**transcript.to_wire(), **more}).encode()


def _files(transcript: Transcript, name: str, **subtitle_options: Any) -> dict[str, str]:
    document = results.read(_body(transcript), silence_text=None)
    made = results.files(document, name, subtitle_options)
    return {file.extension: file.content.decode() for file in made}


@pytest.mark.parametrize("name", FORMATS)
def test_files_equal_those_of_the_contract(name: str) -> None:
    subtitle_options = SubtitleOptions(speaker_labels=True)
    expected = FORMATS[name].render(SAID, subtitle_options)
    assert _files(SAID, name, speaker_labels=True) == {name: expected}


def test_all_means_the_files_of_whisper() -> None:
    assert list(_files(SAID, "all")) == ["txt", "vtt", "srt", "tsv", "json"]


def test_json_keeps_unknown_members() -> None:
    document = results.read(_body(SAID, mood="cheerful"), silence_text=None)
    (file,) = results.files(document, "json", {})
    assert json.loads(file.content)["mood"] == "cheerful"


def test_silence_gives_empty_files() -> None:
    files = _files(SILENCE, "all")
    assert files["txt"] == ""
    assert files["srt"] == ""
    assert json.loads(files["json"])["text"] == ""


def test_placeholder_replaces_silence_in_every_format() -> None:
    document = results.read(_body(SILENCE), silence_text="(silence)")
    files = {one.extension: one.content.decode() for one in results.files(document, "all", {})}
    assert json.loads(files["json"])["text"] == "(silence)"
    assert files["txt"] == "(silence)\n"
    assert "00:00:00,000 --> 00:00:02,000\n(silence)" in files["srt"]


def test_placeholder_never_replaces_speech() -> None:
    assert results.read(_body(SAID), silence_text="(silence)")["text"] == "Good morning."


def test_lines_equal_those_of_whisper() -> None:
    document = results.read(_body(SAID), silence_text=None)
    assert list(results.lines(document)) == ["[00:00.000 --> 01:01:01.500]  Good morning."]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"text": "Good morning."}'])
def test_read_rejects_what_is_no_transcript(body: bytes) -> None:
    with pytest.raises(BadResponse):
        results.read(body, silence_text=None)


def test_files_reject_an_incomplete_transcript() -> None:
    document = results.read(_body(SAID), silence_text=None)
    del document["coverage"]
    with pytest.raises(BadResponse, match="coverage"):
        list(results.files(document, "srt", {}))


def test_files_replace_surrogates() -> None:
    document = results.read(_body(SAID, text="\ud800"), silence_text=None)
    (file,) = results.files(document, "json", {})
    assert json.loads(file.content)["text"] == "?"
