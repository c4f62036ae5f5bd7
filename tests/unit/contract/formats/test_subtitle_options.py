import pytest

from whisperfarm_contract.formats import DEFAULT_OPTIONS, SubtitleOptions, subtitle_options
from whisperfarm_contract.problems import InvalidOption, UnknownOption


def test_read_accepts_form_fields() -> None:
    raw = {"max_line_width": "42", "max_line_count": "2", "highlight_words": "True"}
    assert subtitle_options.read(raw) == SubtitleOptions(
        max_line_width=42, max_line_count=2, highlight_words=True
    )


def test_read_accepts_limits_on_times() -> None:
    raw = {"max_chars_per_second": "17", "min_cue_duration_s": "0.833", "min_cue_gap_s": 0}
    assert subtitle_options.read(raw) == SubtitleOptions(
        max_chars_per_second=17.0, min_cue_duration_s=0.833, min_cue_gap_s=0.0
    )


def test_read_treats_an_empty_value_as_not_given() -> None:
    assert subtitle_options.read({"max_line_width": "", "speaker_labels": None}) == DEFAULT_OPTIONS


def test_read_names_invalid_and_unknown_options() -> None:
    with pytest.raises(InvalidOption, match=r"^max_line_width: "):
        subtitle_options.read({"max_line_width": "0"})
    with pytest.raises(UnknownOption, match="'colour'"):
        subtitle_options.read({"colour": "red"})


@pytest.mark.parametrize(
    ("one", "needs"),
    [
        (DEFAULT_OPTIONS, False),
        (SubtitleOptions(speaker_labels=True), False),
        (SubtitleOptions(highlight_words=True), True),
        (SubtitleOptions(max_words_per_line=3), True),
    ],
)
def test_needs_words_is_true_for_word_options_only(one: SubtitleOptions, needs: bool) -> None:
    assert one.needs_words is needs
