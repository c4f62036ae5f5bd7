"""Numbers in digits and words, with pauses between them, as digits."""

from collections.abc import Iterator, Sequence

from whisperfarm_store.redaction.french_numbers import read_french
from whisperfarm_store.redaction.pauses import is_filler, is_one_of, is_pause
from whisperfarm_store.redaction.spoken_digits import (
    HUNDREDS,
    NUMBERS,
    REPEATS,
    TENS,
)

_UNITS = frozenset("123456789")
_DIGITS = _UNITS | {"0"}


def read_words(tokens: Sequence[str]) -> Iterator[str]:
    """Yield what each token is read as; nothing for one that is a part of another."""
    words = [token.casefold() for token in tokens]
    pending: list[str] = []
    for index, word in enumerate(words):
        if not pending:
            pending = _of_several_words(words, index)
        if pending:
            yield pending.pop(0)
        elif word == "um" and is_pause(words, index):
            yield "" if is_filler(words, index) else tokens[index]
        elif word in TENS:
            yield TENS[word] + ("" if _unit_follows(words, index) else "0")
        elif word in NUMBERS:
            yield NUMBERS[word]
        elif word in HUNDREDS and _is_digit(words, index - 1):
            yield "00"
        elif (word == "-" and _is_within_tens(words, index)) or is_filler(words, index):
            yield ""
        else:
            yield tokens[index]


def _of_several_words(words: Sequence[str], index: int) -> list[str]:
    """Return what each word of a number is read as if it begins here and has several words.

    The first and the last word have digits, so that both are masked.
    """
    if words[index] in REPEATS and index + 1 < len(words):
        following = words[index + 1]
        digit = NUMBERS.get(following, following if following in _DIGITS else "")
        return [digit, digit * (REPEATS[words[index]] - 1)] if digit else []
    digits, count = read_french(words, index)
    return [digits[0], *[""] * (count - 2), digits[1:]] if count else []


def _unit_follows(words: Sequence[str], index: int) -> bool:
    following = [word for word in words[index + 1 : index + 3] if word != "-"]
    return bool(following) and NUMBERS.get(following[0]) in _UNITS


def _is_within_tens(words: Sequence[str], index: int) -> bool:
    return index > 0 and words[index - 1] in TENS and _unit_follows(words, index - 1)


def _is_digit(words: Sequence[str], index: int) -> bool:
    return is_one_of(words, index, NUMBERS.keys())
