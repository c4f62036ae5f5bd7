"""Measures the CPU seconds of diarization, compared with WhisperX on the same models.

The embedding model is a ResNet34 of true size with random weights; the segmentation is the demo's.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from whisperx.diarize import DiarizationPipeline

from bench import random_models
from bench.figure import Figure, markdown
from training.wav import read_pcm
from whisperfarm_demo import models_dir, samples_dir
from whisperfarm_worker.engines.device import choose_device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.whisperx.diarizer import PyannoteDiarizer
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ
from whisperfarm_worker.process.environment import set_offline


def measure() -> Iterator[Figure]:
    """Measure both on the sample call, on one thread."""
    set_offline(models_dir())
    torch.set_num_threads(1)
    samples = read_pcm(samples_dir() / "support-call.wav").astype(np.float32)
    with tempfile.TemporaryDirectory(prefix="whisperfarm-diarization-") as folder:
        random_models.diarizer(Path(folder))
        device = choose_device("cpu", gpus=lambda: ())
        ours = PyannoteDiarizer(Path(folder), device, FairSemaphore())
        theirs = DiarizationPipeline(model_name=folder)
        yield Figure(
            what=f"diarization of a call of {len(samples) / SAMPLE_RATE_HZ:.0f} s, ResNet34, CPU",
            value=_cpu_s(
                lambda: ours.turns(
                    samples,
                    num_speakers=None,
                    min_speakers=None,
                    max_speakers=None,
                    on_progress=lambda _: None,
                )
            ),
            unit="s",
            baseline="the pyannote pipeline as WhisperX calls it",
            baseline_value=_cpu_s(lambda: theirs(samples)),
        )


def _cpu_s(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


if __name__ == "__main__":
    print(markdown(measure()))
