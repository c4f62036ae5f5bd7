"""Detects speech that is much quieter than the rest of its channel.

Voice activity detection misses a quiet speaker beside a loud one. So what it did not take for
speech is judged again if it is sound and very quiet: by itself, amplified to the level of speech.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from whisperfarm_worker.pipeline.levels.gain import gain_for
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.state import (
    SAMPLE_RATE_HZ,
    Samples,
    SpeechRegion,
    TimeSpan,
    Window,
)

_BELOW_SPEECH_DB = 15.0
_LEVEL_OF_SPEECH_DB = -25.0
"""The level of speech in a channel in which none was found."""

_VERY_QUIET_BELOW_SPEECH_DB = 25.0
_VERY_QUIET_DB = -45.0
"""Speech that is found beside louder speech gets a gain below both levels."""

_CONTEXT_S = 0.3
"""Sound around a quiet one that the detector gets too."""

_SEPARATOR_S = 1.0
"""Silence between quiet sounds, which the detector gets as one recording."""

_MIN_REGION_S = 3.0
_MIN_SHARE = 0.5
"""Shorter regions must cover this share of their sound: parts of music often pass for speech."""

_MAX_PIECE_S = 60.0
_MAX_JOINED_S = 300.0
"""Bounds of what is copied and given to the detector at once."""

Detect = Callable[[Samples], list[SpeechRegion]]
"""Returns the speech regions in samples, in order."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A time span of the channel with a quiet sound, and the gain that its samples need.

    `sound_s` is the length of the sound itself in seconds.
    """

    span: TimeSpan
    gain: float
    sound_s: float

    @property
    def seconds(self) -> float:
        return self.span.end - self.span.start


def find_quiet_speech(
    samples: Samples, loudness: Loudness, found: Sequence[SpeechRegion], detect: Detect
) -> list[SpeechRegion]:
    """Return the speech regions that `detect` missed because they are quiet, with their gains.

    `found` are the regions that it found in all samples. The new regions do not overlap them.
    """
    return [
        region
        for pieces in _batches(_quiet_pieces(samples, loudness, found))
        for piece, regions in _by_piece(pieces, detect(_joined(samples, pieces)))
        for region in _plausible(regions, piece)
    ]


def with_gains(samples: Samples, loudness: Loudness, windows: Sequence[Window]) -> list[Window]:
    """Return the windows of a channel with gains for regions that are very quiet beside others."""
    speech_db = _speech_level(loudness, [one for window in windows for one in window.regions])

    def with_gain(region: SpeechRegion) -> SpeechRegion:
        level = loudness.level(region)
        if level > min(speech_db - _VERY_QUIET_BELOW_SPEECH_DB, _VERY_QUIET_DB):
            return region
        return replace(region, gain=gain_for(_cut(samples, region), level))

    return [replace(window, regions=tuple(map(with_gain, window.regions))) for window in windows]


def _speech_level(loudness: Loudness, found: Sequence[SpeechRegion]) -> float:
    """Return the level of the loud speech of a channel, in dB of full scale."""
    levels = [loudness.level(region) for region in found]
    return float(np.percentile(levels, 75)) if levels else _LEVEL_OF_SPEECH_DB


def _plausible(regions: Sequence[SpeechRegion], piece: _Piece) -> list[SpeechRegion]:
    lengths = [region.end - region.start for region in regions]
    if sum(lengths) >= _MIN_SHARE * piece.sound_s:
        return list(regions)
    return [
        region for region, seconds in zip(regions, lengths, strict=True) if seconds >= _MIN_REGION_S
    ]


def _batches(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Yield the pieces in groups of about `_MAX_JOINED_S` seconds."""
    batch: list[_Piece] = []
    for piece in pieces:
        batch.append(piece)
        if sum(one.seconds for one in batch) >= _MAX_JOINED_S:
            yield batch
            batch = []
    if batch:
        yield batch


def _quiet_pieces(
    samples: Samples, loudness: Loudness, found: Sequence[SpeechRegion]
) -> Iterator[_Piece]:
    speech_db = _speech_level(loudness, found)
    for sound in (part for one in loudness.foreground_outside(found) for part in _parts(one)):
        level = loudness.level(sound)
        if level <= speech_db - _BELOW_SPEECH_DB:
            span = _with_context(sound, found, len(samples) / SAMPLE_RATE_HZ)
            yield _Piece(span, gain_for(_cut(samples, span), level), sound.end - sound.start)


def _parts(sound: TimeSpan) -> Iterator[TimeSpan]:
    start = sound.start
    while sound.end - start > _MAX_PIECE_S:
        yield TimeSpan(start, start + _MAX_PIECE_S)
        start += _MAX_PIECE_S
    yield TimeSpan(start, sound.end)


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


def _by_piece(
    pieces: Sequence[_Piece], regions: Sequence[SpeechRegion]
) -> Iterator[tuple[_Piece, list[SpeechRegion]]]:
    """Yield each piece with its regions of the joined pieces, with their times in the recording."""
    offset = _SEPARATOR_S
    for piece in pieces:
        moved = (
            SpeechRegion(
                max(region.start - offset, 0.0) + piece.span.start,
                min(region.end - offset, piece.seconds) + piece.span.start,
                piece.gain,
            )
            for region in regions
        )
        yield piece, [region for region in moved if region.start < region.end]
        offset += piece.seconds + _SEPARATOR_S


def _cut(samples: Samples, span: TimeSpan | SpeechRegion) -> Samples:
    return samples[int(span.start * SAMPLE_RATE_HZ) : int(span.end * SAMPLE_RATE_HZ)]
