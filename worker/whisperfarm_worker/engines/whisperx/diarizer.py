"""Speaker diarization by a pyannote pipeline, through WhisperX."""

from pathlib import Path

import numpy as np
from whisperx.diarize import DiarizationPipeline

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.state import Samples


class PyannoteDiarizer:
    """A pyannote pipeline that is loaded from a folder."""

    def __init__(self, folder: Path, device: Device, semaphore: FairSemaphore) -> None:
        self._pipeline = DiarizationPipeline(model_name=str(folder), device=device.torch_name)
        self._semaphore = semaphore

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,
        min_speakers: int | None,
        max_speakers: int | None,
        on_progress: OnProgress,
    ) -> list[Turn]:
        def after_batch(percent: float) -> None:
            on_progress(min(percent / 100, 1.0))
            self._semaphore.yield_turn()

        with self._semaphore:
            found = self._pipeline(
                np.ascontiguousarray(samples),
                num_speakers=num_speakers,
                min_speakers=min_speakers,
                max_speakers=max_speakers,
                progress_callback=after_batch,
            )
        return [
            Turn(start=round(row.start, 3), end=round(row.end, 3), speaker=str(row.speaker))
            for row in found.itertuples()
        ]
