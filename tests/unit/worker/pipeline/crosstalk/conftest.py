"""Synthetic voices: noise in syllables, each voice with a melody and pauses of its own."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.pipeline.crosstalk.suppress import without_copies
from whisperfarm_worker.pipeline.state import (
    SAMPLE_RATE_HZ,
    PipelineState,
    SpeechRegion,
    Waveform,
    Window,
)

Sound = NDArray[np.float32]
"""Mono samples at 16 kHz."""

SECONDS = 12


def voice(seed: int, *spans: tuple[float, float]) -> Sound:
    """Return a voice that speaks in these spans, at about -20 dB, in `SECONDS` seconds."""
    rng = np.random.default_rng(seed)
    time = np.arange(SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    syllables = np.interp(time, np.arange(0, SECONDS, 0.12), rng.uniform(0, 1, SECONDS * 9)[:100])
    sound = rng.normal(0, 0.2, len(time)) * syllables**2
    inside = np.zeros(len(time), dtype=np.bool_)
    for start, end in spans:
        inside[round(start * SAMPLE_RATE_HZ) : round(end * SAMPLE_RATE_HZ)] = True
    return (sound * inside).astype(np.float32)


def quieter(sound: Sound, decibels: float) -> Sound:
    return (sound * 10 ** (-decibels / 20)).astype(np.float32)


def later(sound: Sound, seconds: float) -> Sound:
    """Return the sound later by this time, or earlier if it is negative."""
    return np.roll(sound, round(seconds * SAMPLE_RATE_HZ))


def room(sound: Sound, seed: int = 0, seconds: float = 0.3) -> Sound:
    """Return the sound in a room whose echo falls by 60 dB in this time."""
    count = round(seconds * SAMPLE_RATE_HZ)
    response = np.random.default_rng(seed).normal(0, 0.04, count)
    response *= 10 ** (-3 * np.arange(count) / count)
    response[0] = 1.0
    size = len(sound) + count
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.fft.irfft(spectrum, size)[: len(sound)].astype(np.float32)


def telephone(sound: Sound) -> Sound:
    """Return the part of the sound between 300 and 3400 Hz."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)


def window(channel: int, *spans: tuple[float, float]) -> Window:
    regions = tuple(SpeechRegion(start, end) for start, end in spans)
    return Window(start=spans[0][0], end=spans[-1][1], regions=regions, channel=channel)


Run = Callable[..., PipelineState]


@pytest.fixture
def run() -> Run:
    """Removes the copies from channels with these sounds and windows."""

    def run_(sounds: list[Sound], *windows: Window) -> PipelineState:
        state = PipelineState(
            preset=Preset(name="calls", asr="my/asr", languages=()),
            options=Options(channels="speakers"),
            waveform=Waveform(np.stack(sounds)),
            windows=windows,
        )
        return without_copies(state, lambda: None)

    return run_


def seconds_by_channel(state: PipelineState, channels: int) -> list[float]:
    """Return how many seconds of speech each channel has."""
    return [
        sum(
            region.end - region.start
            for window in state.windows
            if window.channel == channel
            for region in window.regions
        )
        for channel in range(channels)
    ]
