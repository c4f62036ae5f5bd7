"""Detects speech that is much quieter than the rest of its channel.

Voice activity detection misses a quiet speaker beside a loud one. So what it did not take for
speech is judged again if it is sound and very quiet: by itself, amplified to the level of speech.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from whisperfarm_worker.pipeline.levels.gain import gain_for
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, SpeechRegion, TimeSpan

_BELOW_SPEECH_DB = 15.0
_LEVEL_OF_SPEECH_DB = -25.0
"""The level of speech in a channel in which none was found."""

_CONTEXT_S = 0.3
"""Sound around a quiet one that the detector gets too."""

_SEPARATOR_S = 1.0
"""Silence between quiet sounds, which the detector gets as one recording."""

_MIN_REGION_S = 0.25

Detect = Callable[[Samples], list[SpeechRegion]]
"""Returns the speech regions in samples, in order."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A time span of the channel with a quiet sound, and the gain that its samples need."""

    span: TimeSpan
    gain: float


def find_quiet_speech(
    samples: Samples, loudness: Loudness, found: Sequence[SpeechRegion], detect: Detect
) -> list[SpeechRegion]:
    """Return the speech regions that `detect` missed because they are quiet, with their gains.

    `found` are the regions that it found in all samples. The new regions do not overlap them.
    """
    pieces = list(_quiet_pieces(samples, loudness, found))
    if not pieces:
        return []
    regions = detect(_joined(samples, pieces))
    return [
        region
        for region in _in_recording(pieces, regions)
        if region.end - region.start >= _MIN_REGION_S
    ]


def _quiet_pieces(
    samples: Samples, loudness: Loudness, found: Sequence[SpeechRegion]
) -> Iterator[_Piece]:
    levels = [loudness.level(region) for region in found]
    speech_db = float(np.percentile(levels, 75)) if levels else _LEVEL_OF_SPEECH_DB
    for sound in loudness.sounds_outside(found):
        level = loudness.level(sound)
        if level <= speech_db - _BELOW_SPEECH_DB:
            span = _with_context(sound, found, len(samples) / SAMPLE_RATE_HZ)
            yield _Piece(span, gain_for(_cut(samples, span), level))


def _with_context(sound: TimeSpan, found: Sequence[SpeechRegion], audio_s: float) -> TimeSpan:
    """Return the time span with `_CONTEXT_S` on both sides, but without the speech beside it."""
    before = max((one.end for one in found if one.end <= sound.start), default=0.0)
    after = min((one.start for one in found if one.start >= sound.end), default=audio_s)
    return TimeSpan(
        max(sound.start - _CONTEXT_S, min(before, sound.start)),
        min(sound.end + _CONTEXT_S, max(after, sound.end)),
    )


def _joined(samples: Samples, pieces: Sequence[_Piece]) -> Samples:
    """Return the amplified pieces as one recording, with silence before, between and after."""
    separator = np.zeros(round(_SEPARATOR_S * SAMPLE_RATE_HZ), np.float32)
    parts = [separator]
    for piece in pieces:
        part = _cut(samples, piece.span)
        parts += [(part - part.mean()) * np.float32(piece.gain), separator]
    return np.concatenate(parts)


def _in_recording(
    pieces: Sequence[_Piece], regions: Sequence[SpeechRegion]
) -> Iterator[SpeechRegion]:
    """Yield the regions of the joined pieces with their times in the recording."""
    offset = _SEPARATOR_S
    for piece in pieces:
        seconds = piece.span.end - piece.span.start
        for region in regions:
            start = max(region.start - offset, 0.0) + piece.span.start
            end = min(region.end - offset, seconds) + piece.span.start
            if start < end:
                yield SpeechRegion(start, end, piece.gain)
        offset += seconds + _SEPARATOR_S


def _cut(samples: Samples, span: TimeSpan) -> Samples:
    return samples[int(span.start * SAMPLE_RATE_HZ) : int(span.end * SAMPLE_RATE_HZ)]
