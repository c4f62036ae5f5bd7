"""When each channel has speech, on the grid of frames."""

from collections.abc import Sequence

import numpy as np

from whisperfarm_worker.pipeline.crosstalk.spectrogram import FRAME_SAMPLES, HOP_S, HOP_SAMPLES
from whisperfarm_worker.pipeline.runs import Mask
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, SpeechRegion, Window

_CENTRE_S = FRAME_SAMPLES / 2 / SAMPLE_RATE_HZ


def frame_count(samples: int) -> int:
    """Return how many frames this many samples fill."""
    return max(0, (samples - FRAME_SAMPLES) // HOP_SAMPLES + 1)


def speech_frames(windows: Sequence[Window], *, channels: int, frames: int) -> Mask:
    """Return whether a channel has speech in a frame, of shape (channels, frames)."""
    active = np.zeros((channels, frames), dtype=np.bool_)
    for window in windows:
        for region in window.regions:
            active[window.channel, frames_of(region, frames)] = True
    return active


def frames_of(region: SpeechRegion, frames: int) -> slice:
    """Return the frames whose centre is in the region."""
    first, last = (round((at - _CENTRE_S) / HOP_S) for at in (region.start, region.end))
    return slice(max(first, 0), min(max(last, 0), frames))


def seconds_at(frame: int) -> float:
    """Return the centre of a frame in seconds."""
    return frame * HOP_S + _CENTRE_S
