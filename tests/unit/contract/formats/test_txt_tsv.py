import pytest

from whisperfarm_contract.formats import ALL, FORMATS, find
from whisperfarm_contract.problems import FormatUnknown
from whisperfarm_contract.transcript import Coverage, Transcript

SILENCE = Transcript(language="en", model="demo", coverage=Coverage(audio_s=2.0))


def test_every_format_is_there_by_its_extension() -> None:
    assert {name: one.extension for name, one in FORMATS.items()} == {
        name: name for name in ("json", "verbose_json", "txt", "srt", "vtt", "tsv")
    }


def test_all_means_the_files_of_whisper() -> None:
    assert set(ALL) == set(FORMATS) - {"verbose_json"}


@pytest.mark.parametrize("name", ["srt", "SRT"])
def test_a_format_is_found_in_any_case(name: str) -> None:
    assert find(name) is FORMATS["srt"]


@pytest.mark.parametrize("name", ["docx", "all", ""])
def test_an_unknown_format_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(FormatUnknown, match=rf"'{name}'.*verbose_json.*vtt"):
        find(name)


@pytest.mark.parametrize(
    ("name", "whole"),
    [("txt", ""), ("srt", ""), ("vtt", "WEBVTT\n\n"), ("tsv", "start\tend\ttext\n")],
)
def test_silence_makes_a_file_without_text(name: str, whole: str) -> None:
    assert find(name).render(SILENCE) == whole
