import pytest

from whisperfarm_contract.formats import FORMATS, WHISPER_FORMATS, get_format
from whisperfarm_contract.problems import UnknownFormat
from whisperfarm_contract.transcript import Coverage, Transcript

SILENCE = Transcript(language="en", model="demo", coverage=Coverage(audio_s=2.0))


def test_every_format_is_keyed_by_its_extension() -> None:
    assert {name: one.extension for name, one in FORMATS.items()} == {
        name: name for name in ("json", "verbose_json", "txt", "srt", "vtt", "tsv", "ttml")
    }


def test_whisper_formats_are_those_of_whisper() -> None:
    assert set(WHISPER_FORMATS) == set(FORMATS) - {"verbose_json", "ttml"}


@pytest.mark.parametrize("name", ["srt", "SRT"])
def test_get_format_ignores_case(name: str) -> None:
    assert get_format(name) is FORMATS["srt"]


@pytest.mark.parametrize("name", ["docx", "all", ""])
def test_get_format_names_the_known_formats(name: str) -> None:
    with pytest.raises(UnknownFormat, match=rf"'{name}'.*verbose_json.*vtt"):
        get_format(name)


@pytest.mark.parametrize(
    ("name", "whole"),
    [("txt", ""), ("srt", ""), ("vtt", "WEBVTT\n\n"), ("tsv", "start\tend\ttext\n")],
)
def test_render_of_silence_has_no_text(name: str, whole: str) -> None:
    assert get_format(name).render(SILENCE) == whole
