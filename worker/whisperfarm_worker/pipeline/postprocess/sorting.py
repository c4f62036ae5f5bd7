"""Word times that hold what is promised: in order, inside the audio, start before end."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.transcript import Word


def in_order(words: Sequence[Word], *, start: float, end: float) -> tuple[Word, ...]:
    """The words between two times, none beginning before the one before it; milliseconds."""
    ordered: list[Word] = []
    for word in words:
        begin = _between(word.start, ordered[-1].start if ordered else start, end)
        finish = _between(word.end, begin, end)
        ordered.append(replace(word, start=round(begin, 3), end=round(finish, 3)))
    return tuple(ordered)


def _between(value: float, least: float, most: float) -> float:
    return min(max(value, least), max(most, least))
