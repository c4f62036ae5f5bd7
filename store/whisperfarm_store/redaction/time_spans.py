"""Where masked words are in the recording."""

from collections.abc import Iterable, Sequence

from whisperfarm_contract.transcript import Segment, Word


def span_of(segments: Sequence[Segment], number: int, words: slice) -> tuple[float, float]:
    """Return start and end of these words of a segment, in seconds.

    The time of an interpolated word is an estimate. If the first or the last one is, the span
    extends to the next word with a time of its own, in the segment or in the neighbouring one of
    its channel. If that has none either, it is masked as a whole.
    """
    segment = segments[number]
    inside = segment.words[words]
    if not inside:
        return segment.start, segment.end
    start, end = min(one.start for one in inside), max(one.end for one in inside)
    if inside[0].interpolated:
        earlier = _same_channel(segment, reversed(segments[:number]))
        start = min(start, _timed_before(segment.words[: words.start], segment, earlier))
    if inside[-1].interpolated:
        later = _same_channel(segment, segments[number + 1 :])
        end = max(end, _timed_after(segment.words[words.stop :], segment, later))
    return (start, end) if start < end else (segment.start, segment.end)


def _same_channel(segment: Segment, others: Iterable[Segment]) -> Segment | None:
    return next((one for one in others if one.channel == segment.channel), None)


def _timed_before(words: Sequence[Word], segment: Segment, earlier: Segment | None) -> float:
    before = [*(earlier.words if earlier else ()), *words]
    timed = (one.end for one in reversed(before) if not one.interpolated)
    return next(timed, (earlier or segment).start)


def _timed_after(words: Sequence[Word], segment: Segment, later: Segment | None) -> float:
    after = [*words, *(later.words if later else ())]
    timed = (one.start for one in after if not one.interpolated)
    return next(timed, (later or segment).end)
