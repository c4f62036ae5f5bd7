import json
from dataclasses import replace

import pytest

from whisperfarm_contract.formats import find
from whisperfarm_contract.transcript import Coverage, Transcript, from_wire


def test_json_is_the_wire_form_of_the_transcript(call: Transcript) -> None:
    assert from_wire(json.loads(find("json").render(call))) == call


@pytest.mark.parametrize("name", ["json", "verbose_json"])
def test_both_have_what_a_recording_server_reads(call: Transcript, name: str) -> None:
    document = json.loads(find(name).render(call))
    assert document["text"] == "Good morning. Hello."
    assert isinstance(document["language"], str)
    assert document["duration"] == 3700.0
    assert [segment["speaker"] for segment in document["segments"]] == ["SPEAKER_00", "SPEAKER_01"]


def test_verbose_json_has_the_shape_of_openai(call: Transcript) -> None:
    document = json.loads(find("verbose_json").render(call))
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


def test_text_is_written_in_its_own_script() -> None:
    text = Transcript(language="ja", model="small", warnings=("音",), coverage=Coverage(audio_s=1))
    assert "音" in find("json").render(text)


def test_what_json_can_not_say_is_never_written(call: Transcript) -> None:
    broken = replace(call, language_probability=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        find("json").render(broken)
