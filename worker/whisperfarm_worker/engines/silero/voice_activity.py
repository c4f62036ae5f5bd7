"""Voice activity detection by Silero's model, an ONNX file in faster-whisper's package."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.silero.vad_regions import regions, windows
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Window

_FRAME_SAMPLES = 512
_CONTEXT_SAMPLES = 64
"""The model's input: frames of `_FRAME_SAMPLES` samples, each with the last `_CONTEXT_SAMPLES`
before it."""

_BATCH_FRAMES = 1024
"""Frames in one call: half a minute. Each frame takes 20 KB, and larger calls save no time.

The recurrent part takes the frames of a call for a sequence: they are those of one recording.
"""


class SileroDetector:
    """Detector that computes probabilities and applies the thresholds of each job to them."""

    name = "silero"

    def __init__(self, semaphore: FairSemaphore, *, batch_frames: int = _BATCH_FRAMES) -> None:
        self._session: Any = get_vad_model().session
        self._semaphore = semaphore
        self._batch_samples = batch_frames * _FRAME_SAMPLES

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        speech = self.probabilities(samples, on_progress)
        frame_s = _FRAME_SAMPLES / SAMPLE_RATE_HZ
        found = regions(speech, frame_s=frame_s, onset=onset, offset=offset)
        windows_found = windows(found, speech, frame_s=frame_s, max_s=max_s)
        return [_clip(one, len(samples) / SAMPLE_RATE_HZ) for one in windows_found]

    def probabilities(self, samples: Samples, on_progress: OnProgress) -> NDArray[np.float32]:
        """Return the probability of speech in each frame of 32 ms."""
        return np.concatenate([np.zeros(0, np.float32), *self._batches(samples, on_progress)])

    def _batches(self, samples: Samples, on_progress: OnProgress) -> Iterator[NDArray[np.float32]]:
        """Yield the probabilities in batches; the model's state is carried over."""
        state = np.zeros((2, 1, 1, 128), np.float32)
        context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        with self._semaphore:
            for first in range(0, len(samples), self._batch_samples):
                on_progress(first / len(samples))
                self._semaphore.yield_turn()
                frames = _frames(samples[first : first + self._batch_samples])
                ends = np.vstack([context, frames[:-1, -_CONTEXT_SAMPLES:]])
                probabilities, *state = self._session.run(
                    None, {"input": np.hstack([ends, frames]), "h": state[0], "c": state[1]}
                )
                context = frames[-1, -_CONTEXT_SAMPLES:]
                yield probabilities.reshape(-1)


def _frames(samples: Samples) -> NDArray[np.float32]:
    """Return the samples in the shape (frames, 512), the last frame padded with silence."""
    return np.pad(samples, (0, -len(samples) % _FRAME_SAMPLES)).reshape(-1, _FRAME_SAMPLES)


def _clip(window: Window, seconds: float) -> Window:
    """Clip the window to the length of the audio, which excludes the padding."""
    within = tuple(
        replace(one, end=min(one.end, seconds)) for one in window.regions if one.start < seconds
    )
    return replace(window, end=min(window.end, seconds), regions=within)
