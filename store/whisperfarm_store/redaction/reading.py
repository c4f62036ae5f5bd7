"""The text of several segments as one line, in which spoken digits are digits.

Each character knows the token that it was read from, so that what is found in the reading can be
masked in the segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from whisperfarm_store.redaction.spoken_numbers import read_words
from whisperfarm_store.redaction.tokens import Token, tokens


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
    for index, spoken in enumerate(read_words([place.token.text for place in places])):
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
