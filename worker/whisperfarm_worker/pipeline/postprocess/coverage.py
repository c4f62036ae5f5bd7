"""Coverage: how much of the speech became words, and warnings about it."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice

from whisperfarm_contract.transcript import Coverage, Gap, Segment
from whisperfarm_worker.pipeline.state import Stretch, Window

_NEAR_S = 0.5
"""Speech within this distance of a word counts as transcribed."""

_SHORTEST_GAP_S = 0.5

_LITTLE_SPEECH = 0.1
_LONG_ENOUGH_S = 10.0


def measure(audio_s: float, windows: Sequence[Window], segments: Sequence[Segment]) -> Coverage:
    """Measure the coverage of a transcript. Speech in two channels at once counts once."""
    speech = _merged(stretch for window in windows for stretch in window.stretches)
    gaps = _merged(
        gap
        for channel in {window.channel for window in windows}
        for gap in _gaps(channel, windows, segments)
    )
    speech_s = _length(speech)
    return Coverage(
        audio_s=round(audio_s, 3),
        speech_s=round(speech_s, 3),
        transcribed_s=round(speech_s - _length(gaps), 3),
        interpolated_words=sum(word.interpolated for one in segments for word in one.words),
        gaps=tuple(Gap(start=round(one.start, 3), end=round(one.end, 3)) for one in gaps),
    )


def warnings(coverage: Coverage) -> list[str]:
    """Return a warning for each figure that suggests missing text."""
    found = []
    if coverage.speech_s == 0:
        found.append("no speech was found in the audio")
    elif coverage.audio_s >= _LONG_ENOUGH_S:
        share = coverage.speech_s / coverage.audio_s
        if share < _LITTLE_SPEECH:
            found.append(
                f"only {share:.0%} of the audio was detected as speech; if that is too little, send"
                " it again with a lower vad_onset and vad_offset"
            )
    if coverage.gaps:
        lost_s = sum(gap.end - gap.start for gap in coverage.gaps)
        found.append(f"{lost_s:.1f} s of speech have no words; see coverage.gaps")
    return found


def _gaps(
    channel: int, windows: Sequence[Window], segments: Sequence[Segment]
) -> Iterable[Stretch]:
    """Yield the speech of a channel that is not near any of its words."""
    worded = _merged(
        Stretch(word.start - _NEAR_S, word.end + _NEAR_S)
        for segment in segments
        if (segment.channel or 0) == channel
        for word in segment.words
    )
    for window in windows:
        for stretch in window.stretches if window.channel == channel else ():
            for rest in _without(stretch, worded):
                if rest.end - rest.start >= _SHORTEST_GAP_S:
                    yield rest


def _without(stretch: Stretch, taken: Sequence[Stretch]) -> Iterable[Stretch]:
    """Yield the parts of a region outside of `taken`, which is sorted and does not overlap."""
    start = stretch.start
    first = bisect_right(taken, start, key=lambda one: one.end)
    for one in islice(taken, first, None):
        if one.start >= stretch.end:
            break
        if one.start > start:
            yield Stretch(start, one.start)
        start = one.end
    if start < stretch.end:
        yield Stretch(start, stretch.end)


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the regions by time, with adjacent and overlapping ones merged."""
    merged: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: stretch.start):
        if merged and one.start <= merged[-1].end:
            merged[-1] = Stretch(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return merged


def _length(stretches: Iterable[Stretch]) -> float:
    return sum((one.end - one.start for one in stretches), 0.0)
