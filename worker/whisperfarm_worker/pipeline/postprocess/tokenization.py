"""Splits text into words."""

from collections.abc import Sequence

UNSPACED = frozenset({"ja", "zh"})
"""Languages written without spaces: each character counts as a word, as in WhisperX."""


def normalize(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def split_words(text: str, language: str) -> list[str]:
    """Return the words of a text, in order."""
    words = text.split()
    return words if language not in UNSPACED else list("".join(words))


def char_offsets(text: str, words: Sequence[str]) -> list[int]:
    """Return the index in the text at which each of its words starts."""
    starts, end = [], 0
    for word in words:
        start = text.index(word, end)
        starts.append(start)
        end = start + len(word)
    return starts


def slice_text(text: str, groups: Sequence[Sequence[str]]) -> list[str]:
    """Cut the text into one piece for each group of words, which together are all its words."""
    starts = iter(char_offsets(text, [word for group in groups for word in group]))
    slices = []
    for group in groups:
        offsets = [next(starts) for _ in group]
        slices.append(text[offsets[0] : offsets[-1] + len(group[-1])])
    return slices
