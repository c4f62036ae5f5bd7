"""Classifies the frames of all channels, in chunks of 15 seconds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.copies import Classified, Source, classify
from whisperfarm_worker.pipeline.crosstalk.pair_delays import PairDelays
from whisperfarm_worker.pipeline.crosstalk.spectrogram import (
    FRAME_SAMPLES,
    HOP_SAMPLES,
    Spectrogram,
    energy,
    shift,
    spectrogram,
)
from whisperfarm_worker.pipeline.runs import Mask, widen
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Waveform

_CHUNK_FRAMES = 469
"""15 seconds."""

_CONTEXT_FRAMES = 78
"""2.5 seconds before and after a chunk."""

_NEAR_SPEECH_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Frames:
    """Facts about each frame, of shape (channels, frames).

    `copied` and `own` are as in `Classified`; where a frame is copied, `source` is the channel of
    the original, and `level_db` the level relative to it.
    """

    copied: Mask
    own: Mask
    source: NDArray[np.int8]
    level_db: NDArray[np.float32]

    @staticmethod
    def empty(channels: int, frames: int) -> "Frames":
        shape = (channels, frames)
        return Frames(
            copied=np.zeros(shape, dtype=np.bool_),
            own=np.zeros(shape, dtype=np.bool_),
            source=np.zeros(shape, dtype=np.int8),
            level_db=np.zeros(shape, dtype=np.float32),
        )


def classify_all(
    waveform: Waveform, active: Mask, delays: PairDelays, on_progress: Callable[[], None]
) -> Frames:
    """Classify the frames of all channels. `on_progress` is called for each chunk."""
    found = Frames.empty(*active.shape)
    for start in range(0, active.shape[1], _CHUNK_FRAMES):
        on_progress()
        chunk = _Chunk(waveform, active, delays, start)
        # From the highest number to the lowest: of equal channels, the lowest is kept.
        for channel in reversed(range(waveform.channels)):
            chunk.classify(channel, found)
    return found


class _Chunk:
    """A chunk with its context. A copied frame is not the original of another channel's frame, so
    at least one channel keeps the sound."""

    def __init__(self, waveform: Waveform, active: Mask, delays: PairDelays, start: int) -> None:
        self._waveform = waveform
        self._delays = delays
        self._loudness_of: dict[int, NDArray[np.float32]] = {}
        frames = active.shape[1]
        self._core = slice(start, min(start + _CHUNK_FRAMES, frames))
        self._first = max(start - _CONTEXT_FRAMES, 0)
        self._last = min(self._core.stop + _CONTEXT_FRAMES, frames)
        self._active = active[:, self._first : self._last]
        self._speaks: Mask = np.any(active[:, self._core], axis=1)
        self._usable = np.stack([widen(one, _NEAR_SPEECH_FRAMES) for one in self._active])

    def classify(self, channel: int, found: Frames) -> None:
        """Classify the frames of a channel, and write those of the chunk to `found`."""
        sources = self._sources(channel) if self._speaks[channel] else []
        if not sources:
            return
        result = classify(channel, self._spectrum(channel), self._active[channel], sources)
        if result is not None:
            self._usable[channel] &= ~result.copied
            self._write(channel, result, found)

    def _write(self, channel: int, result: Classified, found: Frames) -> None:
        inside = slice(self._core.start - self._first, self._core.stop - self._first)
        found.copied[channel, self._core] = result.copied[inside]
        found.own[channel, self._core] = result.own[inside]
        found.source[channel, self._core] = result.source[inside]
        found.level_db[channel, self._core] = result.level_db[inside]

    def _sources(self, channel: int) -> list[Source]:
        """Return the channels that have the same sound and speech while the channel has."""
        return [
            source
            for other in range(self._waveform.channels)
            if other != channel and self._usable[other].any()
            for delays_s in [self._delays.between(channel, other, self._first, self._last)]
            if delays_s
            for source in [self._source(other, delays_s)]
            if (source.valid & self._active[channel]).any()
        ]

    def _source(self, channel: int, delays_s: list[float]) -> Source:
        frames = round(delays_s[0] * SAMPLE_RATE_HZ / HOP_SAMPLES)
        return Source(
            channel=channel,
            delays_s=tuple(delays_s),
            loudness=shift(self._loudness(channel), frames),
            valid=shift(self._usable[channel], frames),
            spectra=lambda some_s: [self._spectrum(channel, delay_s) for delay_s in some_s],
        )

    def _loudness(self, channel: int) -> NDArray[np.float32]:
        if channel not in self._loudness_of:
            self._loudness_of[channel] = energy(self._spectrum(channel)).mean(axis=1)
        return self._loudness_of[channel]

    def _spectrum(self, channel: int, delay_s: float = 0.0) -> Spectrogram:
        delay = round(delay_s * SAMPLE_RATE_HZ)
        first = self._first * HOP_SAMPLES - delay
        last = (self._last - 1) * HOP_SAMPLES + FRAME_SAMPLES - delay
        return spectrogram(_cut(self._waveform.samples[channel], first, last))


def _cut(samples: Samples, first: int, last: int) -> Samples:
    """Return a copy of the samples, with zeros before the first and after the last one."""
    inside = samples[max(first, 0) : max(last, 0)]
    before = max(-first, 0)
    return np.pad(inside, (before, last - first - before - len(inside)))
