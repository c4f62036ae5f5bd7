"""Makes word times consistent: in order, within the audio, start before end."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.transcript import Word


def clamp_times(words: Sequence[Word], *, start: float, end: float) -> tuple[Word, ...]:
    """Return the words with times between `start` and `end`, rounded to milliseconds.

    A word that starts before its predecessor gets the start of the predecessor.
    """
    ordered: list[Word] = []
    for word in words:
        begin = _clamp(word.start, ordered[-1].start if ordered else start, end)
        finish = _clamp(word.end, begin, end)
        ordered.append(replace(word, start=round(begin, 3), end=round(finish, 3)))
    return tuple(ordered)


def _clamp(value: float, minimum: float, maximum: float) -> float:
    return min(max(value, minimum), max(maximum, minimum))
