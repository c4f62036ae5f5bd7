"""Seconds of each stage of the pipeline for one recording that is alone."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.engines.port import AlignmentInput, Engine
from whisperfarm_worker.local import transcribe_file
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

ROUNDS = 3

_OPTIONS = Options(temperature_increment_on_fallback=0.0)
"""Texts of random weights fail Whisper's tests, and would all be decoded again."""


def torch_stages(engine: Engine, preset: Preset, samples: Samples) -> Mapping[str, float]:
    """Return the seconds of the models on torch, which need no speech model."""
    aligner: Any = engine.aligner(preset, "en")
    diarizer: Any = engine.diarizer(preset)
    end = len(samples) / SAMPLE_RATE_HZ
    window = AlignmentInput(samples=samples, start=0.0, end=end, words=("hello",) * 60)
    return {
        "align": _fastest(lambda: aligner.align([window], on_progress=_ignore)),
        "diarize": _fastest(
            lambda: diarizer.turns(
                samples, num_speakers=None, min_speakers=None, max_speakers=None,
                on_progress=_ignore,
            )
        ),
    }  # fmt: skip


def _fastest(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return round(min(times[1:]), 4)


def _ignore(_: float) -> None:
    pass


def seconds_of_stages(engine: Engine, preset: Preset, recording: Path) -> Mapping[str, float]:
    """Return the seconds of each stage in the fastest of `ROUNDS`; a first one is not counted."""
    rounds = [transcribe(engine, preset, recording) for _ in range(ROUNDS + 1)][1:]
    return {stage: round(min(one[stage] for one in rounds), 4) for stage in rounds[0]}


def transcribe(engine: Engine, preset: Preset, recording: Path) -> Mapping[str, float]:
    """Run a recording through all stages, and return the seconds of each."""
    transcript = transcribe_file(recording, preset=preset, engine=engine, options=_OPTIONS)
    seconds: Mapping[str, float] = transcript.provenance["stage_s"]
    return seconds
