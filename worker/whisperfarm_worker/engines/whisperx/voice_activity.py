"""Voice activity detection by the pyannote model in WhisperX's package."""

from typing import Any

import torch
from pyannote.audio import Model
from whisperx.vads.pyannote import Pyannote, VoiceActivitySegmentation

from whisperfarm_models.search_path import voice_activity_weights
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.port import Speech, Step
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Stretch

_UNUSED = {"onset": 0.5, "offset": 0.363, "min_duration_on": 0.1, "min_duration_off": 0.1}
"""Values that the pipeline requires; the thresholds of each job go to `merge_chunks`."""


class PyannoteSpeechFinder:
    """Detector that computes scores of speech and applies the thresholds of each job to them."""

    def __init__(self, device: Device, lane: Lane) -> None:
        model = Model.from_pretrained(voice_activity_weights())
        pipeline = VoiceActivitySegmentation(
            segmentation=model, device=torch.device(device.torch_name)
        )
        pipeline.instantiate(_UNUSED)
        # The pipeline has no hook between batches, which is needed to yield; its inference has.
        self._inference = pipeline._segmentation
        self._lane = lane

    def find(
        self, samples: Samples, *, onset: float, offset: float, longest_s: float, step: Step
    ) -> list[Speech]:
        scores = self._scores(samples, step)
        chunks = Pyannote.merge_chunks(scores, longest_s, onset=onset, offset=offset)
        return [_speech(chunk, len(samples) / SAMPLE_RATE_HZ) for chunk in chunks]

    def _scores(self, samples: Samples, step: Step) -> Any:
        def after_batch(*, completed: int, total: int) -> None:
            step(min(completed / total, 1.0))
            self._lane.let_pass()

        heard = {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE_HZ}
        with self._lane:
            return self._inference(heard, hook=after_batch)


def _speech(chunk: dict[str, Any], seconds: float) -> Speech:
    """Convert a chunk of WhisperX. Its model reads past the end of the audio, so clip it there."""
    stretches = (
        Stretch(float(start), min(float(end), seconds)) for start, end in chunk["segments"]
    )
    return Speech(
        start=float(chunk["start"]),
        end=min(float(chunk["end"]), seconds),
        stretches=tuple(one for one in stretches if one.end > one.start),
    )
