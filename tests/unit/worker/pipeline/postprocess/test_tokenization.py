"""Splitting text into words."""

from whisperfarm_worker.pipeline.postprocess.tokenization import (
    char_offsets,
    normalize,
    slice_text,
    split_words,
)


def test_split_words_splits_at_spaces() -> None:
    assert split_words("my name  is\nBond.", "en") == ["my", "name", "is", "Bond."]


def test_split_words_splits_characters_in_cjk() -> None:
    assert split_words("你好 吗", "zh") == ["你", "好", "吗"]


def test_normalize_collapses_spaces() -> None:
    assert normalize("  hello \t world ") == "hello world"


def test_char_offsets_handles_repeated_words() -> None:
    assert char_offsets("no no not", ["no", "no", "not"]) == [0, 3, 6]


def test_slice_text_splits_between_groups() -> None:
    assert slice_text("yes, no no.", [["yes,", "no"], ["no."]]) == ["yes, no", "no."]


def test_slice_text_keeps_text_within_a_group() -> None:
    assert slice_text("你 好吗", [["你", "好"], ["吗"]]) == ["你 好", "吗"]
