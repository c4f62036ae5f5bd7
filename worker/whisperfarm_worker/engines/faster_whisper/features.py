"""Log-mel spectrograms by faster-whisper's implementation in numpy."""

from functools import cache
from typing import Any

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import Samples


def spectrogram(samples: Samples, mels: int) -> NDArray[np.float32]:
    """Return the spectrogram, of shape (mels, frames) with frames of 10 ms, without padding."""
    found: NDArray[np.float32] = _extractor(mels)(samples, padding=0)
    return found.astype(np.float32)


@cache
def _extractor(mels: int) -> Any:
    return FeatureExtractor(feature_size=mels)
