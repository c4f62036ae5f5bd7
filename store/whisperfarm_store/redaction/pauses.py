"""Words between the digits of one number that do not belong to it."""

from collections.abc import Sequence, Set

from whisperfarm_store.redaction.spoken_digits import (
    ENGLISH_DIGITS,
    FILLERS,
    HUNDREDS,
    NUMBERS,
    REPEATS,
    TENS,
)

_ENDS_OF_DIGITS = NUMBERS.keys() | TENS.keys() | HUNDREDS
_STARTS_OF_DIGITS = NUMBERS.keys() | TENS.keys() | REPEATS.keys()


def is_pause(words: Sequence[str], index: int) -> bool:
    """Whether "um" is not the Portuguese one: numerals or English digits are next to it."""
    near = (_beyond_commas(words, index, step) for step in (-1, 1))
    return any(is_one_of(words, one, ENGLISH_DIGITS) for one in near)


def is_filler(words: Sequence[str], index: int) -> bool:
    """Whether the word stands between digits, and is none."""
    return (
        words[index] in FILLERS
        and not _is_time(words, index + 1)
        and is_one_of(words, _beyond_commas(words, index, -1), _ENDS_OF_DIGITS)
        and is_one_of(words, _beyond_commas(words, index, 1), _STARTS_OF_DIGITS)
    )


def _is_time(words: Sequence[str], index: int) -> bool:
    """Whether a time of day is there: "14:30", "14 Uhr"."""
    return index + 1 < len(words) and words[index + 1] in {":", "uhr"}


def _beyond_commas(words: Sequence[str], index: int, step: int) -> int:
    """Return the index of the next word, or the one before, commas left out."""
    index += step
    while 0 <= index < len(words) and words[index] == ",":
        index += step
    return index


def is_one_of(words: Sequence[str], index: int, wanted: Set[str]) -> bool:
    """Whether there is a word at the index, and it is a number in digits or one of these."""
    return 0 <= index < len(words) and (words[index] in wanted or words[index].isdecimal())
