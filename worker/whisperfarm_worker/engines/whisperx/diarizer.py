"""Speaker diarization by a pyannote pipeline, through WhisperX."""

from pathlib import Path

import numpy as np
from whisperx.diarize import DiarizationPipeline

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.port import Step
from whisperfarm_worker.pipeline.state import Samples


class PyannoteDiarizer:
    """A pyannote pipeline that is loaded from a folder."""

    def __init__(self, folder: Path, device: Device, lane: Lane) -> None:
        self._pipeline = DiarizationPipeline(model_name=str(folder), device=device.torch_name)
        self._lane = lane

    def turns(
        self,
        samples: Samples,
        *,
        speakers: int | None,
        least: int | None,
        most: int | None,
        step: Step,
    ) -> list[Turn]:
        def after_batch(percent: float) -> None:
            step(min(percent / 100, 1.0))
            self._lane.let_pass()

        with self._lane:
            found = self._pipeline(
                np.ascontiguousarray(samples),
                num_speakers=speakers,
                min_speakers=least,
                max_speakers=most,
                progress_callback=after_batch,
            )
        return [
            Turn(start=round(row.start, 3), end=round(row.end, 3), speaker=str(row.speaker))
            for row in found.itertuples()
        ]
