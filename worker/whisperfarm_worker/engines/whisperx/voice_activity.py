"""Voice activity detection by the pyannote model in WhisperX's package."""

from typing import Any

import torch
from pyannote.audio import Model
from whisperx.vads.pyannote import Pyannote, VoiceActivitySegmentation

from whisperfarm_models.search_path import voice_activity_weights
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.whisperx.speech_scores import SpeechScores
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, SpeechRegion, Window

_UNUSED_PARAMETERS = {
    "onset": 0.5,
    "offset": 0.363,
    "min_duration_on": 0.1,
    "min_duration_off": 0.1,
}
"""Values that the pipeline requires; the thresholds of each job go to `merge_chunks`."""


class PyannoteDetector:
    """Detector that computes scores of speech and applies the thresholds of each job to them."""

    name = "pyannote"

    def __init__(self, device: Device, semaphore: FairSemaphore) -> None:
        model = Model.from_pretrained(voice_activity_weights("pyannote"))
        pipeline = VoiceActivitySegmentation(
            segmentation=model, device=torch.device(device.torch_name)
        )
        pipeline.instantiate(_UNUSED_PARAMETERS)
        # The pipeline has no hook between batches, which is needed to yield; its inference has.
        self._scores = SpeechScores(pipeline._segmentation)
        self._semaphore = semaphore

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        def after_batch(done: float) -> None:
            on_progress(done)
            self._semaphore.yield_turn()

        with self._semaphore:
            scores = self._scores(samples, after_batch)
        chunks = Pyannote.merge_chunks(scores, max_s, onset=onset, offset=offset)
        return [_window(chunk, len(samples) / SAMPLE_RATE_HZ) for chunk in chunks]


def _window(chunk: dict[str, Any], seconds: float) -> Window:
    """Convert a chunk of WhisperX. Its model reads past the end of the audio, so clip it there."""
    regions = (
        SpeechRegion(float(start), min(float(end), seconds)) for start, end in chunk["segments"]
    )
    return Window(
        start=float(chunk["start"]),
        end=min(float(chunk["end"]), seconds),
        regions=tuple(one for one in regions if one.end > one.start),
    )
