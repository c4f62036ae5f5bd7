"""Subtitles whose times follow the time code of the recording."""

from dataclasses import replace

import pytest

from whisperfarm_contract.formats import SubtitleOptions, get_format
from whisperfarm_contract.transcript import Recording, Transcript

BY_TIME_CODE = SubtitleOptions(timecode="recording")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("srt", "10:00:00,500 --> 10:00:01,250"),
        ("vtt", "10:00:00.500 --> 10:00:01.250"),
        ("ttml", 'begin="10:00:00.500" end="10:00:01.250"'),
    ],
)
def test_subtitles_count_from_the_time_code(name: str, expected: str, call: Transcript) -> None:
    assert expected in get_format(name).render(call, BY_TIME_CODE)
    assert expected not in get_format(name).render(call)


def test_limits_on_times_move_with_the_subtitles(call: Transcript) -> None:
    limited = replace(BY_TIME_CODE, min_cue_duration_s=2.0)
    assert "10:00:00,500 --> 10:00:02,500" in get_format("srt").render(call, limited)


def test_times_after_midnight_go_on_from_24_hours(call: Transcript) -> None:
    late = replace(call, recording=Recording(start_s=86_399.5, start_timecode="23:59:59"))
    assert "24:00:00,000 --> 24:00:00,750" in get_format("srt").render(late, BY_TIME_CODE)


@pytest.mark.parametrize("name", ["srt", "vtt", "ttml", "txt", "tsv", "json", "verbose_json"])
def test_without_a_time_code_the_option_has_no_effect(name: str, call: Transcript) -> None:
    plain = replace(call, recording=None)
    assert get_format(name).render(plain, BY_TIME_CODE) == get_format(name).render(plain)


@pytest.mark.parametrize("name", ["txt", "tsv"])
def test_other_formats_keep_their_times(name: str, call: Transcript) -> None:
    assert get_format(name).render(call, BY_TIME_CODE) == get_format(name).render(call)
