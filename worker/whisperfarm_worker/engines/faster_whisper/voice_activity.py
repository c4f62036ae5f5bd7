"""Voice activity detection by Silero's model, an ONNX file in faster-whisper's package."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.faster_whisper.vad_regions import pieces, stretches
from whisperfarm_worker.engines.port import Speech, Step
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

_FRAME = 512
_BEFORE = 64
"""The model's input: frames of `_FRAME` samples, each with the last `_BEFORE` before it."""

_BATCH = 8192
"""Frames in one call: about four minutes."""


class SileroSpeechFinder:
    """Detector that computes probabilities and applies the thresholds of each job to them."""

    def __init__(self, lane: Lane) -> None:
        self._session: Any = get_vad_model().session
        self._lane = lane

    def find(
        self, samples: Samples, *, onset: float, offset: float, longest_s: float, step: Step
    ) -> list[Speech]:
        speech = np.concatenate([np.zeros(0, np.float32), *self._probabilities(samples, step)])
        frame_s = _FRAME / SAMPLE_RATE_HZ
        found = stretches(speech, frame_s=frame_s, onset=onset, offset=offset)
        cut = pieces(found, speech, frame_s=frame_s, longest_s=longest_s)
        return [_inside(one, len(samples) / SAMPLE_RATE_HZ) for one in cut]

    def _probabilities(self, samples: Samples, step: Step) -> Iterator[NDArray[np.float32]]:
        """Yield the probability of each frame in batches; the model's state is carried over."""
        state = np.zeros((2, 1, 1, 128), np.float32)
        before = np.zeros(_BEFORE, np.float32)
        with self._lane:
            for first in range(0, len(samples), _BATCH * _FRAME):
                step(first / len(samples))
                self._lane.let_pass()
                frames = _frames(samples[first : first + _BATCH * _FRAME])
                ends = np.vstack([before, frames[:-1, -_BEFORE:]])
                heard, *state = self._session.run(
                    None, {"input": np.hstack([ends, frames]), "h": state[0], "c": state[1]}
                )
                before = frames[-1, -_BEFORE:]
                yield heard.reshape(-1)


def _frames(samples: Samples) -> NDArray[np.float32]:
    """Return the samples in the shape (frames, 512), the last frame padded with silence."""
    return np.pad(samples, (0, -len(samples) % _FRAME)).reshape(-1, _FRAME)


def _inside(piece: Speech, seconds: float) -> Speech:
    """Clip the chunk to the length of the audio, which excludes the padding."""
    within = tuple(
        replace(one, end=min(one.end, seconds)) for one in piece.stretches if one.start < seconds
    )
    return replace(piece, end=min(piece.end, seconds), stretches=within)
