"""Coverage: how much of the speech became words, and warnings about it."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice

from whisperfarm_contract.transcript import Coverage, Gap, OtherSound, Segment
from whisperfarm_worker.pipeline.state import SpeechRegion, TimeSpan, Window, merge

_NEAR_S = 0.5
"""Speech within this distance of a word counts as transcribed."""

_MIN_GAP_S = 0.5

_MIN_SPEECH_SHARE = 0.1
_MIN_AUDIO_S = 10.0
_MIN_OTHER_SOUND_S = 3.0


def measure(
    audio_s: float,
    windows: Sequence[Window],
    segments: Sequence[Segment],
    holes: Sequence[TimeSpan] = (),
    other_sounds: Sequence[TimeSpan] = (),
) -> Coverage:
    """Measure the coverage of a transcript. Speech in two channels at once counts once.

    `holes` are where the recording has no audio; they are gaps, but not speech. `other_sounds` are
    in order and do not overlap.
    """
    speech = merge(region for window in windows for region in window.regions)
    gaps = merge(
        gap
        for channel in {window.channel for window in windows}
        for gap in _gaps(channel, windows, segments)
    )
    speech_s = _total_s(speech)
    return Coverage(
        audio_s=round(audio_s, 3),
        speech_s=round(speech_s, 3),
        transcribed_s=round(speech_s - _total_s(gaps), 3),
        interpolated_words=sum(word.interpolated for one in segments for word in one.words),
        gaps=tuple(sorted(map(_gap, [*gaps, *holes]), key=lambda gap: gap.start)),
        other_sound_s=round(sum(one.end - one.start for one in other_sounds), 3),
        other_sounds=tuple(
            OtherSound(start=round(one.start, 3), end=round(one.end, 3)) for one in other_sounds
        ),
    )


def _gap(span: TimeSpan) -> Gap:
    return Gap(start=round(span.start, 3), end=round(span.end, 3))


def warnings(coverage: Coverage, selected_s: float | None = None) -> list[str]:
    """Return a warning for each figure that suggests missing text.

    `selected_s` is how many seconds of the audio were to be transcribed, if not all.
    """
    messages = []
    if coverage.speech_s == 0:
        messages.append("no speech was found in the audio")
    elif (audio_s := selected_s or coverage.audio_s) >= _MIN_AUDIO_S:
        share = coverage.speech_s / audio_s
        if share < _MIN_SPEECH_SHARE:
            messages.append(
                f"only {share:.0%} of the audio was detected as speech; if that is too little, send"
                " it again with a lower vad_onset and vad_offset"
            )
    gap_s = coverage.speech_s - coverage.transcribed_s
    if gap_s > 0:
        messages.append(f"{gap_s:.1f} s of speech have no words; see coverage.gaps")
    if coverage.other_sound_s >= _MIN_OTHER_SOUND_S:
        messages.append(_other_sound_warning(coverage))
    return messages


def _other_sound_warning(coverage: Coverage) -> str:
    longest = max(coverage.other_sounds, key=lambda one: one.end - one.start)
    return (
        f"{coverage.other_sound_s:.1f} s of sound were not taken for speech, the longest part at"
        f" {longest.start:.1f} to {longest.end:.1f} s; if people speak there, send it again with a"
        " lower vad_onset; see coverage.other_sounds"
    )


def _gaps(
    channel: int, windows: Sequence[Window], segments: Sequence[Segment]
) -> Iterable[TimeSpan]:
    """Yield the speech of a channel that is not near any of its words."""
    near_words = merge(
        TimeSpan(word.start - _NEAR_S, word.end + _NEAR_S)
        for segment in segments
        if (segment.channel or 0) == channel
        for word in segment.words
    )
    for window in windows:
        for region in window.regions if window.channel == channel else ():
            for uncovered in _subtract(region, near_words):
                if uncovered.end - uncovered.start >= _MIN_GAP_S:
                    yield uncovered


def _subtract(region: SpeechRegion, covered: Sequence[TimeSpan]) -> Iterable[TimeSpan]:
    """Yield the parts of a region outside of `covered`, which is sorted and does not overlap."""
    start = region.start
    first = bisect_right(covered, start, key=lambda one: one.end)
    for one in islice(covered, first, None):
        if one.start >= region.end:
            break
        if one.start > start:
            yield TimeSpan(start, one.start)
        start = one.end
    if start < region.end:
        yield TimeSpan(start, region.end)


def _total_s(spans: Iterable[TimeSpan]) -> float:
    return sum((one.end - one.start for one in spans), 0.0)
