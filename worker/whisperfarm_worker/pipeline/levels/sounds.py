"""Time spans in which a channel has sound: those that are louder than its background."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from whisperfarm_worker.pipeline.levels.frames import FRAME_S, Levels, frame_levels, mean_level
from whisperfarm_worker.pipeline.runs import Mask, runs
from whisperfarm_worker.pipeline.state import Samples, SpeechRegion, TimeSpan, merge

_ABOVE_BACKGROUND_DB = 8.0
_MIN_SOUND_DB = -68.0
"""What is quieter is silence, whatever the background is."""

_MIN_NOISE_DB = -40.0
"""What is louder is sound, even if it never pauses."""

_BACKGROUND_PERCENTILE = 10
_BACKGROUND_FRAMES = round(30 / FRAME_S)
"""The background of each half minute is measured with the half minutes on both sides."""

_MIN_PAUSE_FRAMES = round(0.4 / FRAME_S)
_MIN_SOUND_FRAMES = round(0.24 / FRAME_S)
_SPEECH_EDGE_S = 0.2
"""Sound this near to a speech region belongs to it."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """The levels of a channel, and which of its frames are sound.

    Sound is what is louder than the background, which is the foreground, and loud noise.
    """

    levels: Levels
    is_foreground: Mask
    is_sound: Mask

    @classmethod
    def of(cls, samples: Samples) -> Self:
        levels = frame_levels(samples)
        is_foreground = levels > _thresholds(levels)
        return cls(levels, is_foreground, is_foreground | (levels > _MIN_NOISE_DB))

    def between(self, span: TimeSpan) -> Self:
        """Return what a time span of the channel has, with its times."""
        frames = _frames(span.start, span.end)
        return replace(
            self,
            levels=self.levels[frames],
            is_foreground=self.is_foreground[frames],
            is_sound=self.is_sound[frames],
        )

    def within(self, spans: Sequence[TimeSpan]) -> Self:
        """Return the levels with no sound outside of the spans; if there are none, unchanged."""
        if not spans:
            return self
        inside = np.zeros(len(self.levels), bool)
        for span in spans:
            inside[_frames(span.start, span.end)] = True
        return replace(
            self, is_foreground=self.is_foreground & inside, is_sound=self.is_sound & inside
        )

    def sounds_outside(self, speech: Sequence[SpeechRegion]) -> list[TimeSpan]:
        """Return the time spans of sound that are not speech, in order; short ones are left out."""
        return self._outside(self.is_sound, speech)

    def all_outside(self, described: Sequence[SpeechRegion]) -> list[TimeSpan]:
        """Return each sound outside of these regions, however short, in order."""
        return [
            TimeSpan(first * FRAME_S, last * FRAME_S)
            for first, last in runs(self.is_sound & ~self._near(described))
        ]

    def foreground_outside(self, speech: Sequence[SpeechRegion]) -> list[TimeSpan]:
        """Return the same without noise that never pauses."""
        return self._outside(self.is_foreground, speech)

    def _outside(self, active: Mask, speech: Sequence[SpeechRegion]) -> list[TimeSpan]:
        near_speech = self._near(speech)
        other = active & ~near_speech
        return [
            TimeSpan(first * FRAME_S, last * FRAME_S)
            for first, last in runs(_without_short_pauses(other) & ~near_speech)
            if other[first:last].sum() >= _MIN_SOUND_FRAMES
        ]

    def level(self, span: TimeSpan | SpeechRegion) -> float:
        """Return the mean level of the sound in a time span, in dB of full scale.

        Without sound, return that of the whole span.
        """
        frames = _frames(span.start, span.end)
        levels, is_sound = self.levels[frames], self.is_sound[frames]
        return mean_level(levels[is_sound] if is_sound.any() else levels)

    def _near(self, speech: Sequence[SpeechRegion]) -> Mask:
        near = np.zeros(len(self.is_sound), bool)
        for region in speech:
            near[_frames(region.start - _SPEECH_EDGE_S, region.end + _SPEECH_EDGE_S)] = True
        return near


def other_sounds(channels: Iterable[Loudness], speech: Sequence[SpeechRegion]) -> list[TimeSpan]:
    """Return the time spans in which a channel has sound and none has speech, in order."""
    return merge(span for channel in channels for span in channel.sounds_outside(speech))


def _frames(start: float, end: float) -> slice:
    return slice(max(round(start / FRAME_S), 0), max(round(end / FRAME_S), 0))


def _thresholds(levels: Levels) -> Levels:
    """Return the level above which each frame is foreground."""
    thresholds = np.zeros_like(levels)
    for start in range(0, len(levels), _BACKGROUND_FRAMES):
        end = start + _BACKGROUND_FRAMES
        around = levels[max(start - _BACKGROUND_FRAMES, 0) : end + _BACKGROUND_FRAMES]
        background = np.percentile(around, _BACKGROUND_PERCENTILE)
        thresholds[start:end] = background + _ABOVE_BACKGROUND_DB
    return np.maximum(thresholds, _MIN_SOUND_DB)


def _without_short_pauses(active: Mask) -> Mask:
    """Return the frames with pauses shorter than `_MIN_PAUSE_FRAMES` filled."""
    filled = active.copy()
    for first, last in runs(~active):
        if first > 0 and last < len(active) and last - first < _MIN_PAUSE_FRAMES:
            filled[first:last] = True
    return filled
