import json
from dataclasses import replace

import pytest

from whisperfarm_contract import formats
from whisperfarm_contract.examples import TRANSCRIPT
from whisperfarm_dispatcher.api.facades.asr_webservice import answers


def test_json_has_the_shape_of_the_whisperx_engine() -> None:
    document = json.loads(answers.content(TRANSCRIPT, "json"))
    assert document.keys() == {"language", "segments", "word_segments", "text"}
    first = document["segments"][0]
    assert first.keys() == {"start", "end", "text", "words", "speaker"}
    assert first["words"][0] == {
        "word": "Good", "start": 0.5, "end": 0.75, "score": 0.9, "speaker": "SPEAKER_00",
    }  # fmt: skip


@pytest.mark.parametrize("output", ["txt", "vtt", "srt", "tsv"])
def test_other_outputs_are_those_of_the_farm(output: str) -> None:
    expected = formats.get_format(output).render(TRANSCRIPT)
    assert answers.content(TRANSCRIPT, output) == expected


@pytest.mark.parametrize(
    ("filename", "quoted"),
    [("a call.wav", "a%20call.wav"), ('x";\r\ny', "x%22%3B%0D%0Ay"), ("", "audio_file")],
)
def test_file_name_is_encoded(filename: str, quoted: str) -> None:
    disposition = answers.headers(filename, "srt")["Content-Disposition"]
    assert disposition == f'attachment; filename="{quoted}.srt"'


def test_language_has_its_name_and_code() -> None:
    detected = answers.detected_language(replace(TRANSCRIPT, language="de"))
    assert detected == {
        "detected_language": "german", "language_code": "de", "confidence": 0.98,
    }  # fmt: skip


def test_confidence_of_a_language_that_was_not_measured_is_zero() -> None:
    unmeasured = replace(TRANSCRIPT, language_probability=None)
    assert answers.detected_language(unmeasured)["confidence"] == 0
