"""Finds words that the speech model may have invented beside a silence.

The tests are those of Whisper's `hallucination_silence_threshold`, with two differences. Whisper
takes the probability of a word from the speech model; here it is the mean probability of the
window's tokens times the aligner's score of the word. Short words are only suspicious if they are
also improbable, because a forced alignment gives words like `a` less time than Whisper does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import exp

from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.pipeline.postprocess.segments import split_segment
from whisperfarm_worker.pipeline.postprocess.times import list_times
from whisperfarm_worker.pipeline.state import TimeSpan

_IMPROBABLE = 0.15
_SHORT_S = 0.133
_LONG_S = 2.0
_PER_SHORT_S = 15.0
"""Anomaly of an improbable word for each second that it is shorter than `_SHORT_S`."""

_TESTED_WORDS = 8
_MAX_ANOMALY = 3.0
_ROUNDING = 0.01


def drop_hallucinations(
    segments: Sequence[Segment], threshold_s: float, clips: Sequence[TimeSpan]
) -> tuple[list[Segment], list[Segment]]:
    """Return the segments without words that may be invented, and what was dropped.

    Segments are tested piece by piece: they are cut where words are more than `threshold_s` apart.
    A piece is dropped if it is anomalous and lies between silences, of which one is longer than
    `threshold_s`. The ends of a clip count as silences; `clips` covers all segments.
    """
    pieces_of = [_pieces(segment, threshold_s) for segment in segments]
    dropped = [
        piece
        for own, clip in _groups([one for pieces in pieces_of for one in pieces], clips)
        for piece in _between_silences(own, threshold_s, clip)
    ]
    kept = [
        one
        for segment, pieces in zip(segments, pieces_of, strict=True)
        for one in _kept(segment, pieces, dropped)
    ]
    return kept, dropped


def hallucination_warnings(dropped: Sequence[Segment], threshold_s: float) -> list[str]:
    """Return a warning with figures about dropped segments."""
    if not dropped:
        return []
    words = [word for segment in dropped for word in segment.words]
    scores = [word.score for word in words if word.score is not None]
    return [
        f"hallucination_silence_threshold: {len(words)} improbable words beside a silence of more"
        f" than {threshold_s:g} s were dropped at {list_times(dropped)} (mean score"
        f" {sum(scores) / len(scores):.2f}); if they were spoken, raise the threshold or omit it"
    ]


def is_anomalous(segment: Segment) -> bool:
    """Return whether the first words of a segment are too improbable or too long.

    Words whose times are interpolated do not count.
    """
    words = [word for word in segment.words if word.score is not None][:_TESTED_WORDS]
    token_probability = exp(segment.avg_logprob or 0.0)
    anomaly = sum(_anomaly(word, token_probability) for word in words)
    return bool(words) and (anomaly >= _MAX_ANOMALY or anomaly + _ROUNDING >= len(words))


def _pieces(segment: Segment, threshold_s: float) -> list[Segment]:
    if not segment.words:
        return [segment]
    runs: list[list[Word]] = [[segment.words[0]]]
    for word in segment.words[1:]:
        if word.start - runs[-1][-1].end > threshold_s:
            runs.append([])
        runs[-1].append(word)
    return split_segment(segment, runs) if len(runs) > 1 else [segment]


def _kept(
    segment: Segment, pieces: Sequence[Segment], dropped: Sequence[Segment]
) -> Sequence[Segment]:
    """Return the pieces that are not dropped; the whole segment if none of them is."""
    kept = [piece for piece in pieces if not any(piece is one for one in dropped)]
    return kept if len(kept) < len(pieces) else [segment]


def _anomaly(word: Word, token_probability: float) -> float:
    duration_s = word.end - word.start
    too_long = max(duration_s - _LONG_S, 0.0)
    if (word.score or 0.0) * token_probability >= _IMPROBABLE:
        return too_long
    return 1.0 + too_long + max(_SHORT_S - duration_s, 0.0) * _PER_SHORT_S


def _groups(
    segments: Sequence[Segment], clips: Sequence[TimeSpan]
) -> Iterator[tuple[list[Segment], TimeSpan]]:
    """Yield the segments of each channel in each clip, by time."""
    channels: Mapping[int, list[Segment]] = defaultdict(list)
    for segment in sorted(segments, key=lambda one: one.start):
        channels[segment.channel or 0].append(segment)
    for own in channels.values():
        for clip in clips:
            yield [one for one in own if clip.start <= one.start < clip.end], clip


def _between_silences(
    segments: Sequence[Segment], threshold_s: float, clip: TimeSpan
) -> Iterator[Segment]:
    anomalous = list(map(is_anomalous, segments))
    last_end: float | None = None
    for number, segment in enumerate(segments):
        following = (
            one.start
            for one, odd in zip(segments[number + 1 :], anomalous[number + 1 :], strict=True)
            if not odd
        )
        next_start = next(following, None)
        before_s = segment.start - (clip.start if last_end is None else last_end)
        after_s = (clip.end if next_start is None else next_start) - segment.end
        silent_before = last_end is None or before_s > threshold_s
        silent_after = next_start is None or after_s > threshold_s
        if (
            anomalous[number]
            and silent_before
            and silent_after
            and max(before_s, after_s) > threshold_s
        ):
            yield segment
        else:
            last_end = segment.end
