"""The text of several segments as one line, in which spoken digits are digits.

Each character knows the token that it was read from, so that what is found in the reading can be
masked in the segments.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from whisperfarm_dispatcher.redaction.spoken_digits import (
    FILLERS,
    HUNDREDS,
    NUMBERS,
    REPEATS,
    TENS,
)
from whisperfarm_dispatcher.redaction.tokens import Token, tokens

_ENDS_OF_DIGITS = NUMBERS.keys() | TENS.keys() | HUNDREDS
_STARTS_OF_DIGITS = NUMBERS.keys() | TENS.keys() | REPEATS.keys()


@dataclass(frozen=True, slots=True)
class Place:
    """A token of one of the texts."""

    text: int
    token: Token


@dataclass(frozen=True, slots=True)
class Reading:
    """`text`, and for each of its characters the index of its place; -1 for a space."""

    text: str
    places: Sequence[Place]
    origins: Sequence[int]

    def places_of(self, start: int, end: int) -> Sequence[Place]:
        """Return the places from the first to the last character of a span, in order."""
        found = [origin for origin in self.origins[start:end] if origin >= 0]
        return self.places[min(found) : max(found) + 1] if found else ()


def read(texts: Sequence[str]) -> Reading:
    """Read the texts one after the other."""
    places = [Place(number, token) for number, text in enumerate(texts) for token in tokens(text)]
    characters: list[str] = []
    origins: list[int] = []
    for index, spoken in enumerate(_spoken(places)):
        if not spoken:
            continue
        if characters and _is_separate(places, index):
            characters.append(" ")
            origins.append(-1)
        characters.extend(spoken)
        origins.extend([index] * len(spoken))
    return Reading("".join(characters), places, origins)


def _is_separate(places: Sequence[Place], index: int) -> bool:
    """Whether a space precedes the token, or the text before it."""
    return places[index].token.after_space or places[index - 1].text != places[index].text


def _spoken(places: Sequence[Place]) -> Iterator[str]:
    """Yield what each token is read as; nothing for one that is a part of another."""
    words = [place.token.text.casefold() for place in places]
    for index, word in enumerate(words):
        if word in TENS:
            yield TENS[word] + ("" if _unit_follows(words, index) else "0")
        elif word in REPEATS and _is_digit(words, index + 1):
            yield ""
        elif word in NUMBERS:
            yield NUMBERS[word] * _repeats(words, index)
        elif word in HUNDREDS and _is_digit(words, index - 1):
            yield "00"
        elif (word == "-" and _is_within_tens(words, index)) or _is_filler(words, index):
            yield ""
        else:
            yield places[index].token.text


def _unit_follows(words: Sequence[str], index: int) -> bool:
    following = [word for word in words[index + 1 : index + 3] if word != "-"]
    return bool(following) and NUMBERS.get(following[0], "0") in "123456789"


def _repeats(words: Sequence[str], index: int) -> int:
    return REPEATS.get(words[index - 1], 1) if index else 1


def _is_within_tens(words: Sequence[str], index: int) -> bool:
    return index > 0 and words[index - 1] in TENS and _unit_follows(words, index - 1)


def _is_filler(words: Sequence[str], index: int) -> bool:
    """Whether the word stands between digits, and is none."""
    return (
        words[index] in FILLERS
        and _is_one_of(words, _beyond_commas(words, index, -1), _ENDS_OF_DIGITS)
        and _is_one_of(words, _beyond_commas(words, index, 1), _STARTS_OF_DIGITS)
    )


def _beyond_commas(words: Sequence[str], index: int, step: int) -> int:
    """Return the index of the next word, or the one before, commas left out."""
    index += step
    while 0 <= index < len(words) and words[index] == ",":
        index += step
    return index


def _is_digit(words: Sequence[str], index: int) -> bool:
    return _is_one_of(words, index, NUMBERS.keys())


def _is_one_of(words: Sequence[str], index: int, wanted: Set[str]) -> bool:
    """Whether there is a word at the index, and it is a number in digits or one of these."""
    return 0 <= index < len(words) and (words[index] in wanted or words[index].isdecimal())
