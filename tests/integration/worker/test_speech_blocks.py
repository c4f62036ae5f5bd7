"""Voice activity detection in blocks: the probabilities are those of the whole recording."""

from collections.abc import Iterator
from copy import deepcopy

import numpy as np
import pytest
import torch
from pyannote.audio import Inference, Model

from tests.support.recordings import SUPPORT_CALL
from training.wav import read_pcm
from whisperfarm_models.search_path import voice_activity_weights
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.silero.voice_activity import SileroDetector
from whisperfarm_worker.engines.whisperx.speech_scores import SpeechScores
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

CALL: Samples = read_pcm(SUPPORT_CALL).astype(np.float32)
CHUNK_S, STEP_S, BATCH = 5.0, 0.5, 4
BLOCK_S = (2 * BATCH - 1) * STEP_S + CHUNK_S
"""Seconds of a block of two batches."""


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    """Return the segmentation model in WhisperX's package, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield Model.from_pretrained(voice_activity_weights("pyannote"))
    torch.set_num_threads(threads)


def _inference(model: Model) -> Inference:
    return Inference(
        model,
        step=STEP_S,
        batch_size=BATCH,
        pre_aggregation_hook=lambda scores: np.max(scores, axis=-1, keepdims=True),
    )


@pytest.mark.parametrize("seconds", [0.3, CHUNK_S, BLOCK_S, BLOCK_S + 0.2, BLOCK_S + STEP_S, 20.0])
def test_scores_of_blocks_equal_those_of_the_whole(model: Model, seconds: float) -> None:
    samples = CALL[: round(seconds * SAMPLE_RATE_HZ)]
    audio = {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE_HZ}
    whole = _inference(model)(audio)
    progress: list[float] = []
    found = SpeechScores(_inference(deepcopy(model)), block_batches=2)(samples, progress.append)
    assert found.data == pytest.approx(whole.data, abs=1e-4)
    assert found.sliding_window.step == whole.sliding_window.step
    assert progress == sorted(progress)
    assert progress[-1] == 1.0


@pytest.mark.parametrize("batch_frames", [1, 100])
def test_probabilities_of_batches_equal_those_of_the_whole(batch_frames: int) -> None:
    samples = CALL[: 10 * SAMPLE_RATE_HZ + 100]
    semaphore = FairSemaphore()
    whole = SileroDetector(semaphore, batch_frames=len(samples)).probabilities(
        samples, lambda _: None
    )
    found = SileroDetector(semaphore, batch_frames=batch_frames).probabilities(
        samples, lambda _: None
    )
    assert np.allclose(found, whole, atol=1e-5)
