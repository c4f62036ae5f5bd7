"""The input of a Whisper model: log-mel spectrograms of 30 seconds."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import Samples

WINDOW_SAMPLES = 480_000
"""Length of the input: 30 s at 16 kHz."""

_WINDOW_FRAMES = 3000

_SILENCE_SAMPLES = 800
"""Silence after a short window: enough that the last of its frames has nothing else in it."""

Spectrogram = Callable[[Samples, int], NDArray[np.float32]]
"""Returns the log-mel spectrogram of samples for a number of mel bands, of shape (mels, frames),
with frames of 10 ms."""


def window_features(samples: Samples, mels: int, spectrogram: Spectrogram) -> NDArray[np.float32]:
    """Return the spectrogram of a window, filled up with silence to the shape (mels, 3000).

    What is longer than 30 s is cut off. The silence is not computed: its frames are all alike.
    """
    window = samples[:WINDOW_SAMPLES]
    silence = min(_SILENCE_SAMPLES, WINDOW_SAMPLES - len(window))
    frames = spectrogram(np.pad(window, (0, silence)), mels)
    return np.pad(frames, ((0, 0), (0, _WINDOW_FRAMES - frames.shape[1])), mode="edge")
