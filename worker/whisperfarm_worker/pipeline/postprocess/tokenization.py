"""What counts as a word."""

from collections.abc import Sequence

UNSPACED = frozenset({"ja", "zh"})
"""Languages written without spaces: each character counts as a word, as WhisperX has it."""


def tidy(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def words_of(text: str, language: str) -> list[str]:
    """The words of a text, in order."""
    parts = text.split()
    return parts if language not in UNSPACED else list("".join(parts))


def positions(text: str, words: Sequence[str]) -> list[int]:
    """Where each word begins in the text that they are the words of."""
    starts, end = [], 0
    for word in words:
        start = text.index(word, end)
        starts.append(start)
        end = start + len(word)
    return starts


def cut(text: str, groups: Sequence[Sequence[str]]) -> list[str]:
    """The text in pieces, one for each group of words; the groups together are all its words."""
    starts = iter(positions(text, [word for group in groups for word in group]))
    pieces = []
    for group in groups:
        places = [next(starts) for _ in group]
        pieces.append(text[places[0] : places[-1] + len(group[-1])])
    return pieces
