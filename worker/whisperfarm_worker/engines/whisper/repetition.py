"""Finds and cuts repetition loops, into which Whisper falls on noise and music."""

import zlib
from collections.abc import Sequence

_MAX_PHRASE_WORDS = 30
_MIN_REPETITIONS = 3
"""A phrase that occurs less often in a row is not a loop."""


def compression_ratio(text: str) -> float:
    """Return how much zlib compresses the text, as Whisper measures repetition."""
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))


def cut_loops(text: str) -> str:
    """Return the text with each phrase that occurs three or more times in a row kept once."""
    words, kept = text.split(), list[str]()
    position = 0
    while position < len(words):
        length, repetitions = _loop_at(words, position)
        kept += words[position : position + length]
        position += length * repetitions
    return " ".join(kept)


def _loop_at(words: Sequence[str], start: int) -> tuple[int, int]:
    """Return the length in words of the loop at `start` and how often it occurs; else 1 and 1."""
    for length in range(1, min(_MAX_PHRASE_WORDS, (len(words) - start) // _MIN_REPETITIONS) + 1):
        repetitions = _repetitions(words, start, length)
        if repetitions >= _MIN_REPETITIONS:
            return length, repetitions
    return 1, 1


def _repetitions(words: Sequence[str], start: int, length: int) -> int:
    phrase = words[start : start + length]
    count = 1
    while words[start + count * length : start + (count + 1) * length] == phrase:
        count += 1
    return count
