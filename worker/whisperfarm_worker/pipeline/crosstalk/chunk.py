"""A chunk of all channels, whose frames are classified together."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.copies import Source, classify
from whisperfarm_worker.pipeline.crosstalk.frame_facts import Frames
from whisperfarm_worker.pipeline.crosstalk.spans import Span
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

_NEAR_SPEECH_FRAMES = 10


class Chunk:
    """A chunk with its context. A copied frame is not the original of another channel's frame, so
    at least one channel keeps the sound.

    `delays` returns by how many seconds a channel may be later than another one, the likeliest
    first. What is found is added to `found`.
    """

    def __init__(
        self,
        waveform: Waveform,
        active: Mask,
        delays: Callable[[int, int], list[float]],
        span: Span,
        found: Frames,
    ) -> None:
        self._waveform = waveform
        self._delays = delays
        self._span = span
        self._found = found
        self._loudness_of: dict[int, NDArray[np.float32]] = {}
        self._active = active[:, span.first : span.last]
        unexplained = active[:, span.core] & ~found.copied[:, span.core]
        self._speaks: Mask = np.any(unexplained, axis=1)
        near_speech = np.stack([widen(one, _NEAR_SPEECH_FRAMES) for one in self._active])
        self._usable = near_speech & ~found.copied[:, span.first : span.last]

    def classify_all(self) -> None:
        """Classify the frames from the last channel to the first: of equal ones, that is kept."""
        for channel in reversed(range(self._waveform.channels)):
            sources = self._sources(channel) if self._speaks[channel] else []
            if sources:
                self._classify(channel, sources)

    def _classify(self, channel: int, sources: list[Source]) -> None:
        result = classify(channel, self._spectrum(channel), self._active[channel], sources)
        if result is not None:
            self._usable[channel] &= ~result.copied
            self._found.add(channel, self._span.core, result, self._span.inside)

    def _sources(self, channel: int) -> list[Source]:
        """Return the channels that have the same sound and speech while the channel has."""
        return [
            source
            for other in range(self._waveform.channels)
            if other != channel and self._usable[other].any()
            for delays_s in [self._delays(channel, other)]
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
        first = self._span.first * HOP_SAMPLES - delay
        last = (self._span.last - 1) * HOP_SAMPLES + FRAME_SAMPLES - delay
        return spectrogram(_cut(self._waveform.samples[channel], first, last))


def _cut(samples: Samples, first: int, last: int) -> Samples:
    """Return a copy of the samples, with zeros before the first and after the last one."""
    inside = samples[max(first, 0) : max(last, 0)]
    before = max(-first, 0)
    return np.pad(inside, (before, last - first - before - len(inside)))
