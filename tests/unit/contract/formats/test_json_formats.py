import json
from dataclasses import replace

import pytest

from whisperfarm_contract.formats import get_format
from whisperfarm_contract.transcript import Coverage, Transcript, from_wire


def test_json_renders_the_wire_form(call: Transcript) -> None:
    assert from_wire(json.loads(get_format("json").render(call))) == call


@pytest.mark.parametrize("name", ["json", "verbose_json"])
def test_both_formats_have_text_language_and_segments(call: Transcript, name: str) -> None:
    document = json.loads(get_format(name).render(call))
    assert document["text"] == "Good morning. Hello."
    assert isinstance(document["language"], str)
    assert document["duration"] == 3700.0
    assert [segment["speaker"] for segment in document["segments"]] == ["SPEAKER_00", "SPEAKER_01"]


def test_verbose_json_has_the_shape_of_openais_api(call: Transcript) -> None:
    document = json.loads(get_format("verbose_json").render(call))
    assert document["task"] == "transcribe"
    assert document["language"] == "english"
    assert document["usage"] == {"type": "duration", "seconds": 3700}
    assert document["segments"][0] == {
        "id": 0,
        "seek": 50,
        "start": 0.5,
        "end": 1.25,
        "text": "Good morning.",
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": -0.25,
        "compression_ratio": pytest.approx(13 / 21),
        "no_speech_prob": 0.0,
        "speaker": "SPEAKER_00",
    }
    assert document["words"][2] == {
        "word": "Hello.",
        "start": 3661.5,
        "end": 3662.0,
        "speaker": "SPEAKER_01",
    }


def test_json_keeps_non_ascii_text() -> None:
    text = Transcript(language="ja", model="small", warnings=("音",), coverage=Coverage(audio_s=1))
    assert "音" in get_format("json").render(text)


def test_json_rejects_nan(call: Transcript) -> None:
    broken = replace(call, language_probability=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        get_format("json").render(broken)
