"""The parts of a recording in which one speaker speaks alone."""

from collections.abc import Sequence

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.pipeline.state import TimeSpan, merge

_MAX_S = 60.0
_MIN_PART_S = 0.5


def own_speech(turns: Sequence[Turn], speaker: str) -> list[TimeSpan]:
    """Return the longest parts, a minute in all, in which no other speaker has a turn."""
    own = merge(TimeSpan(one.start, one.end) for one in turns if one.speaker == speaker)
    others = merge(TimeSpan(one.start, one.end) for one in turns if one.speaker != speaker)
    parts = [part for span in own for part in _without(span, others)]
    chosen: list[TimeSpan] = []
    left_s = _MAX_S
    for part in sorted(parts, key=lambda one: (one.start - one.end, one.start)):
        length_s = min(part.end - part.start, left_s)
        if length_s < _MIN_PART_S:
            break
        chosen.append(TimeSpan(part.start, part.start + length_s))
        left_s -= length_s
    return chosen


def seconds(parts: Sequence[TimeSpan]) -> float:
    """Return how long the parts are together."""
    return sum(one.end - one.start for one in parts)


def _without(span: TimeSpan, others: Sequence[TimeSpan]) -> list[TimeSpan]:
    parts, start = [], span.start
    for other in others:
        if other.end <= start or other.start >= span.end:
            continue
        if other.start > start:
            parts.append(TimeSpan(start, other.start))
        start = other.end
    return [*parts, TimeSpan(start, span.end)] if start < span.end else parts
