"""Where masked words are in the recording."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from whisperfarm_contract.transcript import Segment, Word


def span_of(segments: Sequence[Segment], number: int, words: slice) -> tuple[float, float]:
    """Return start and end of these words of a segment, in seconds.

    The time of an interpolated word is an estimate. If the first or the last one is, the span
    extends to the next word of its channel with a time of its own, or to the end of the transcript
    if there is none.
    """
    segment = segments[number]
    inside = segment.words[words]
    if not inside:
        return segment.start, segment.end
    start, end = min(one.start for one in inside), max(one.end for one in inside)
    if inside[0].interpolated:
        earlier = _same_channel(segment, reversed(segments[:number]))
        start = min(start, _timed_before(segment.words[: words.start], earlier))
    if inside[-1].interpolated:
        later = _same_channel(segment, segments[number + 1 :])
        last = max(one.end for one in segments)
        end = max(end, _timed_after(segment.words[words.stop :], later, last))
    return (start, end) if start < end else (segment.start, segment.end)


def _same_channel(segment: Segment, others: Iterable[Segment]) -> Iterator[Segment]:
    return (one for one in others if one.channel == segment.channel)


def _timed_before(words: Sequence[Word], earlier: Iterable[Segment]) -> float:
    before = chain(reversed(words), *(reversed(one.words) for one in earlier))
    return next((one.end for one in before if not one.interpolated), 0.0)


def _timed_after(words: Sequence[Word], later: Iterable[Segment], last: float) -> float:
    after = chain(words, *(one.words for one in later))
    return next((one.start for one in after if not one.interpolated), last)
