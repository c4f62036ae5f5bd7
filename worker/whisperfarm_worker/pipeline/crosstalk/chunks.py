"""Classifies the frames of all channels, in chunks of 15 seconds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.copies import Classified, Source, classify
from whisperfarm_worker.pipeline.crosstalk.pair_delays import PairDelays
from whisperfarm_worker.pipeline.crosstalk.runs import Mask, widen
from whisperfarm_worker.pipeline.crosstalk.spectrogram import (
    FRAME_SAMPLES,
    HOP_SAMPLES,
    Spectrogram,
    spectrogram,
)
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Waveform

_CHUNK_FRAMES = 469
"""15 seconds."""

_CONTEXT_FRAMES = 78
"""2.5 seconds before and after a chunk."""

_MAX_SOURCES = 3
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
        frames = active.shape[1]
        self._core = slice(start, min(start + _CHUNK_FRAMES, frames))
        self._first = max(start - _CONTEXT_FRAMES, 0)
        self._last = min(self._core.stop + _CONTEXT_FRAMES, frames)
        self._active = active[:, self._first : self._last]
        self._speaks = active[:, self._core].any(axis=1)
        self._usable = np.stack([widen(one, _NEAR_SPEECH_FRAMES) for one in self._active])

    def classify(self, channel: int, found: Frames) -> None:
        """Classify the frames of a channel, and write those of the chunk to `found`."""
        sources = self._sources(channel) if self._speaks[channel] else []
        if not sources:
            return
        result = classify(channel, self._spectrum(channel, 0), self._active[channel], sources)
        if result is not None:
            self._usable[channel] &= ~result.copied
            self._write(channel, result, sources, found)

    def _write(
        self, channel: int, result: Classified, sources: list[Source], found: Frames
    ) -> None:
        inside = slice(self._core.start - self._first, self._core.stop - self._first)
        source = result.source[inside]
        found.copied[channel, self._core] = result.copied[inside]
        found.own[channel, self._core] = result.own[inside]
        found.level_db[channel, self._core] = result.level_db[inside]
        found.source[channel, self._core] = np.array([one.channel for one in sources])[source]

    def _sources(self, channel: int) -> list[Source]:
        """Return the loudest sources that have speech while the channel has."""
        candidates = sorted(self._candidates(channel), key=lambda pair: -pair[0])
        return [source for _, source in candidates[:_MAX_SOURCES]]

    def _candidates(self, channel: int) -> Iterator[tuple[float, Source]]:
        for other in range(self._waveform.channels):
            if other == channel or not self._usable[other].any():
                continue
            for delay_s in self._delays.between(channel, other, self._first, self._last):
                source = self._source(other, delay_s)
                common = source.valid & self._active[channel]
                if common.any():
                    yield float(np.sum(np.abs(source.spectrum[common]) ** 2)), source

    def _source(self, channel: int, delay_s: float) -> Source:
        delay = round(delay_s * SAMPLE_RATE_HZ)
        return Source(
            channel=channel,
            delay_s=delay_s,
            spectrum=self._spectrum(channel, delay),
            valid=_later(self._usable[channel], round(delay / HOP_SAMPLES)),
        )

    def _spectrum(self, channel: int, delay: int) -> Spectrogram:
        first = self._first * HOP_SAMPLES - delay
        last = (self._last - 1) * HOP_SAMPLES + FRAME_SAMPLES - delay
        return spectrogram(_cut(self._waveform.samples[channel], first, last))


def _cut(samples: Samples, first: int, last: int) -> Samples:
    """Return a copy of the samples, with zeros before the first and after the last one."""
    inside = samples[max(first, 0) : max(last, 0)]
    before = max(-first, 0)
    return np.pad(inside, (before, last - first - before - len(inside)))


def _later(mask: Mask, frames: int) -> Mask:
    """Return the mask, later by this many frames."""
    shifted = np.zeros_like(mask)
    if frames > 0:
        shifted[frames:] = mask[:-frames]
    elif frames < 0:
        shifted[:frames] = mask[-frames:]
    else:
        shifted[:] = mask
    return shifted
