"""What counts as a word."""

from whisperfarm_worker.pipeline.postprocess.tokenization import cut, positions, tidy, words_of


def test_words_are_what_stands_between_spaces() -> None:
    assert words_of("my name  is\nBond.", "en") == ["my", "name", "is", "Bond."]


def test_in_japanese_and_chinese_each_character_is_a_word() -> None:
    assert words_of("你好 吗", "zh") == ["你", "好", "吗"]


def test_a_tidy_text_has_single_spaces() -> None:
    assert tidy("  hello \t world ") == "hello world"


def test_repeated_words_are_found_one_after_the_other() -> None:
    assert positions("no no not", ["no", "no", "not"]) == [0, 3, 6]


def test_a_text_is_cut_between_groups_of_words() -> None:
    assert cut("yes, no no.", [["yes,", "no"], ["no."]]) == ["yes, no", "no."]


def test_what_stands_between_characters_of_a_group_stays() -> None:
    assert cut("你 好吗", [["你", "好"], ["吗"]]) == ["你 好", "吗"]
