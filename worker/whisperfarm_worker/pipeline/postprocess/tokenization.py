"""Splits text into words."""

from collections.abc import Sequence

UNSPACED = frozenset({"ja", "zh"})
"""Languages written without spaces: each character counts as a word, as in WhisperX."""


def tidy(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def words_of(text: str, language: str) -> list[str]:
    """Return the words of a text, in order."""
    parts = text.split()
    return parts if language not in UNSPACED else list("".join(parts))


def positions(text: str, words: Sequence[str]) -> list[int]:
    """Return the index in the text at which each of its words starts."""
    starts, end = [], 0
    for word in words:
        start = text.index(word, end)
        starts.append(start)
        end = start + len(word)
    return starts


def cut(text: str, groups: Sequence[Sequence[str]]) -> list[str]:
    """Cut the text into one piece for each group of words, which together are all its words."""
    starts = iter(positions(text, [word for group in groups for word in group]))
    pieces = []
    for group in groups:
        places = [next(starts) for _ in group]
        pieces.append(text[places[0] : places[-1] + len(group[-1])])
    return pieces
