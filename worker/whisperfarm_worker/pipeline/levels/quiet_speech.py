"""Detects speech that is much quieter than the rest of its channel.

Voice activity detection misses a quiet speaker beside a loud one. So what it did not take for
speech is judged again if it is sound and very quiet: by itself, amplified to the level of speech.
Amplified tones often pass for speech, so they are left out before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from whisperfarm_worker.pipeline.levels.gain import gain_for
from whisperfarm_worker.pipeline.levels.pieces import (
    Piece,
    batches,
    join,
    parts,
    split,
    with_context,
)
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.levels.tones import without_tones
from whisperfarm_worker.pipeline.state import (
    SAMPLE_RATE_HZ,
    Samples,
    SpeechRegion,
    Window,
    cut,
    regions_of,
)

_BELOW_SPEECH_DB = 15.0
_LEVEL_OF_SPEECH_DB = -25.0
"""The level of speech in a channel in which none was found."""

_VERY_QUIET_BELOW_SPEECH_DB = 25.0
_VERY_QUIET_DB = -45.0
"""Speech that is found beside louder speech gets a gain below both levels."""

_MIN_SHARE = 0.6
"""Regions must cover this share of their sound: parts of music often pass for speech."""

Detect = Callable[[Samples], list[SpeechRegion]]
"""Returns the speech regions in samples, in order."""


def find_quiet_speech(
    samples: Samples, loudness: Loudness, found: Sequence[SpeechRegion], detect: Detect
) -> list[SpeechRegion]:
    """Return the speech regions that `detect` missed because they are quiet, with their gains.

    `found` are the regions that it found in all samples. The new regions do not overlap them.
    """
    new = [
        region
        for pieces in batches(_quiet_pieces(samples, loudness, found))
        for piece, regions in split(pieces, detect(join(samples, pieces)))
        for region in _plausible(regions, piece)
    ]
    return _without_overlaps(new)


def without_quiet_tones(
    samples: Samples, loudness: Loudness, windows: Sequence[Window]
) -> list[Window]:
    """Return the windows of a channel without the quiet speech regions that are tones alone."""
    speech_db = _speech_level(loudness, regions_of(windows))
    limit_db = max(speech_db - _BELOW_SPEECH_DB, _VERY_QUIET_DB)

    def is_tone(region: SpeechRegion) -> bool:
        return loudness.level(region) <= limit_db and not any(
            without_tones(cut(samples, region), region)
        )

    return [part for window in windows for part in _without(window, is_tone)]


def with_gains(samples: Samples, loudness: Loudness, windows: Sequence[Window]) -> list[Window]:
    """Return the windows of a channel with gains for regions that are very quiet beside others."""
    speech_db = _speech_level(loudness, regions_of(windows))

    def with_gain(region: SpeechRegion) -> SpeechRegion:
        level = loudness.level(region)
        if level > min(speech_db - _VERY_QUIET_BELOW_SPEECH_DB, _VERY_QUIET_DB):
            return region
        return replace(region, gain=gain_for(cut(samples, region), level))

    return [replace(window, regions=tuple(map(with_gain, window.regions))) for window in windows]


def _speech_level(loudness: Loudness, found: Sequence[SpeechRegion]) -> float:
    """Return the level of the loud speech of a channel, in dB of full scale."""
    levels = [loudness.level(region) for region in found]
    return float(np.percentile(levels, 75)) if levels else _LEVEL_OF_SPEECH_DB


def _without(window: Window, drop: Callable[[SpeechRegion], bool]) -> list[Window]:
    """Return the window without some regions, or nothing if none remains."""
    kept = tuple(region for region in window.regions if not drop(region))
    if kept == window.regions:
        return [window]
    return [replace(window, start=kept[0].start, end=kept[-1].end, regions=kept)] if kept else []


def _without_overlaps(regions: Sequence[SpeechRegion]) -> list[SpeechRegion]:
    """Return the regions without what the one before has too: pieces overlap by their context."""
    result: list[SpeechRegion] = []
    for region in regions:
        start = max(region.start, result[-1].end if result else 0.0)
        if start < region.end:
            result.append(replace(region, start=start))
    return result


def _plausible(regions: Sequence[SpeechRegion], piece: Piece) -> Sequence[SpeechRegion]:
    spoken_s = sum(region.end - region.start for region in regions)
    return regions if spoken_s >= _MIN_SHARE * piece.sound_s else []


def _quiet_pieces(
    samples: Samples, loudness: Loudness, found: Sequence[SpeechRegion]
) -> Iterator[Piece]:
    speech_db = _speech_level(loudness, found)
    for sound in (part for one in loudness.foreground_outside(found) for part in parts(one)):
        if loudness.level(sound) <= speech_db - _BELOW_SPEECH_DB:
            for part in without_tones(cut(samples, sound), sound):
                span = with_context(part, found, len(samples) / SAMPLE_RATE_HZ)
                gain = gain_for(cut(samples, span), loudness.level(part))
                yield Piece(span, gain, part.end - part.start)
