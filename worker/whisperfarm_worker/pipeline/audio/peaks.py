"""Measures the peaks of decoded audio, over all of its channels."""

import numpy as np

from whisperfarm_contract.peaks import FULL_SCALE, MAX_PEAKS, Peaks
from whisperfarm_worker.pipeline.state import Samples, Waveform


def measure(waveform: Waveform) -> Peaks:
    """Return the lowest and highest sample of any channel in each part of the recording.

    Each part is reduced while it is in the processor's cache: the samples may be those of hours.
    """
    frames = len(waveform.samples[0])
    count = min(frames, MAX_PEAKS)
    edges = [frames * number // count for number in range(count + 1)] if count else [0]
    channels = [waveform.samples[number] for number in waveform.audible]
    found = np.zeros((count, 2), dtype=np.float32)
    for channel in channels:
        for number in range(count):
            _extend(found[number], channel[edges[number] : edges[number + 1]])
    scaled = np.rint(np.clip(np.nan_to_num(found), -1, 1) * FULL_SCALE).astype(int)
    return Peaks(waveform.seconds, tuple((low, high) for low, high in scaled.tolist()))


def _extend(pair: Samples, part: Samples) -> None:
    """Extend the lowest and the highest sample, which are at most and at least 0, by a part."""
    pair[0] = min(pair[0], part.min())
    pair[1] = max(pair[1], part.max())
