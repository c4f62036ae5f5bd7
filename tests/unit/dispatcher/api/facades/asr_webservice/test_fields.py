import pytest

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.asr_webservice.fields import (
    detection_fields,
    transcription_fields,
)


@pytest.mark.parametrize(
    ("name", "value", "options"),
    [
        ("encode", "false", {"encoding": "s16le", "sample_rate": "16000"}),
        ("encode", "true", {}),
        ("word_timestamps", "True", {"align": "true"}),
        ("word_timestamps", "false", {}),
        ("vad_filter", "false", {}),
        ("video_file", "/films/a.mkv", {}),
        ("diarize", "true", {"diarize": "true"}),
        ("hotwords", "Zürich", {"hotwords": "Zürich"}),
    ],
)
def test_field_becomes_options(name: str, value: str, options: dict[str, str]) -> None:
    fields = transcription_fields()
    fields.add(name, value)
    assert fields.options == options


@pytest.mark.parametrize(
    ("name", "value"), [("encode", "no way"), ("output", "docx"), ("vad_filter", "2")]
)
def test_invalid_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidOption, match=f"^{name}: "):
        transcription_fields().add(name, value)


def test_detection_transcribes_the_first_30_seconds() -> None:
    fields = detection_fields()
    fields.add("encode", "false")
    assert fields.options == {
        "clip_timestamps": "0,30", "align": "false", "diarize": "false",
        "encoding": "s16le", "sample_rate": "16000",
    }  # fmt: skip


def test_detection_refuses_a_language() -> None:
    with pytest.raises(InvalidOption, match=r"^language: .*omit"):
        detection_fields().add("language", "en")
