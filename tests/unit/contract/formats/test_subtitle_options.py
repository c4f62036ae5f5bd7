import pytest

from whisperfarm_contract.formats import PLAIN, Layout, subtitle_options
from whisperfarm_contract.problems import OptionUnknown, OptionWrong


def test_a_layout_is_read_from_form_fields() -> None:
    raw = {"max_line_width": "42", "max_line_count": "2", "highlight_words": "True"}
    assert subtitle_options.read(raw) == Layout(
        max_line_width=42, max_line_count=2, highlight_words=True
    )


def test_an_empty_value_means_not_given() -> None:
    assert subtitle_options.read({"max_line_width": "", "speaker_labels": None}) == PLAIN


def test_wrong_and_unknown_options_are_named() -> None:
    with pytest.raises(OptionWrong, match=r"^max_line_width: "):
        subtitle_options.read({"max_line_width": "0"})
    with pytest.raises(OptionUnknown, match="'colour'"):
        subtitle_options.read({"colour": "red"})


@pytest.mark.parametrize(
    ("one", "needs"),
    [
        (PLAIN, False),
        (Layout(speaker_labels=True), False),
        (Layout(highlight_words=True), True),
        (Layout(max_words_per_line=3), True),
    ],
)
def test_only_word_options_need_words(one: Layout, needs: bool) -> None:
    assert one.needs_words is needs
