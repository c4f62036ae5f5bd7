import json
from typing import Any

import pytest

from whisperfarm_client import results
from whisperfarm_client.errors import AnswerWrong
from whisperfarm_contract.formats import FORMATS, Layout
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


def _files(transcript: Transcript, name: str, **layout: Any) -> dict[str, str]:
    document = results.read(_body(transcript), silence_text=None)
    made = results.files(document, name, layout)
    return {file.extension: file.content.decode() for file in made}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_that_of_the_contract(name: str) -> None:
    layout = Layout(speaker_labels=True)
    expected = FORMATS[name].render(SAID, layout)
    assert _files(SAID, name, speaker_labels=True) == {name: expected}


def test_all_are_the_files_of_whisper() -> None:
    assert list(_files(SAID, "all")) == ["txt", "vtt", "srt", "tsv", "json"]


def test_json_keeps_what_a_newer_farm_adds() -> None:
    document = results.read(_body(SAID, mood="cheerful"), silence_text=None)
    (file,) = results.files(document, "json", {})
    assert json.loads(file.content)["mood"] == "cheerful"


def test_silence_makes_truthful_empty_files() -> None:
    files = _files(SILENCE, "all")
    assert files["txt"] == ""
    assert files["srt"] == ""
    assert json.loads(files["json"])["text"] == ""


def test_a_placeholder_stands_for_silence_in_every_format() -> None:
    document = results.read(_body(SILENCE), silence_text="(silence)")
    files = {one.extension: one.content.decode() for one in results.files(document, "all", {})}
    assert json.loads(files["json"])["text"] == "(silence)"
    assert files["txt"] == "(silence)\n"
    assert "00:00:00,000 --> 00:00:02,000\n(silence)" in files["srt"]


def test_a_placeholder_never_stands_for_speech() -> None:
    assert results.read(_body(SAID), silence_text="(silence)")["text"] == "Good morning."


def test_the_lines_are_those_of_whisper() -> None:
    document = results.read(_body(SAID), silence_text=None)
    assert list(results.lines(document)) == ["[00:00.000 --> 01:01:01.500]  Good morning."]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"text": "Good morning."}'])
def test_what_is_no_transcript_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerWrong):
        results.read(body, silence_text=None)


def test_a_transcript_that_lacks_something_is_refused() -> None:
    document = results.read(_body(SAID), silence_text=None)
    del document["coverage"]
    with pytest.raises(AnswerWrong, match="coverage"):
        list(results.files(document, "srt", {}))


def test_text_that_no_file_can_hold_does_not_end_the_run() -> None:
    document = results.read(_body(SAID, text="\ud800"), silence_text=None)
    (file,) = results.files(document, "json", {})
    assert json.loads(file.content)["text"] == "?"
