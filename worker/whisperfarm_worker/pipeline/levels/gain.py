"""Amplifies very quiet speech regions for the models; all other samples stay as they are."""

from collections.abc import Iterable

import numpy as np

from whisperfarm_worker.pipeline.state import (
    Samples,
    SpeechRegion,
    TimeSpan,
    Waveform,
    Window,
    cut,
)

_TARGET_DB = -23.0
_MAX_DB = 60.0
_MAX_PEAK = 0.99


def gain_for(samples: Samples, level_db: float) -> float:
    """Return the factor that brings quiet samples to the level of speech without clipping."""
    centred = samples - samples.mean()
    peak = float(np.abs(centred).max(initial=0.0))
    gain = 10 ** (min(_TARGET_DB - level_db, _MAX_DB) / 20)
    return max(1.0, min(gain, _MAX_PEAK / max(peak, 1e-9)))


def cut_window(waveform: Waveform, window: Window) -> Samples:
    """Return the samples of a window: a view, or a copy if it has quiet regions."""
    samples = waveform.cut(window.channel, window.start, window.end)
    return amplify(samples, window.regions, start_s=window.start)


def amplify(samples: Samples, regions: Iterable[SpeechRegion], *, start_s: float = 0.0) -> Samples:
    """Return the samples with the regions amplified by their gains.

    The samples start at `start_s`. Without a gain, they are returned as they are.
    """
    quiet = [region for region in regions if region.gain != 1.0]
    if not quiet:
        return samples
    amplified = samples.copy()
    for region in quiet:
        start, end = (max(second - start_s, 0.0) for second in (region.start, region.end))
        part = cut(amplified, TimeSpan(start, end))
        part -= part.mean() if len(part) else 0.0
        part *= region.gain
        np.clip(part, -1.0, 1.0, out=part)
    return amplified
