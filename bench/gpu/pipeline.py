"""Many recordings at once through the farm's pipeline, beside WhisperX one after the other."""

import math
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import whisperx_alone
from bench.gpu import speech
from bench.gpu.busy import BusyTime
from bench.gpu.stages import transcribe
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.engines.port import Engine

CONCURRENCY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`files` copies of a recording of `audio_s` seconds."""

    recording: Path
    audio_s: float
    files: int


def farm(engine: Engine, preset: Preset, load: Load, device: BusyTime) -> Mapping[str, float]:
    """Return seconds of audio per second, and the share of the time that the device was idle."""
    with ThreadPoolExecutor(CONCURRENCY) as jobs:
        began = time.monotonic()
        list(jobs.map(lambda _: transcribe(engine, preset, load.recording), range(load.files)))
        took_s = time.monotonic() - began
    return {
        "audio_s_per_s": round(load.files * load.audio_s / took_s, 2),
        "idle_share": round(1 - device.seconds(since=began) / took_s, 3),
    }


def whisperx(models: Path, load: Load, *, device: str) -> Mapping[str, float]:
    """Return seconds of audio per second of WhisperX on the same models in `models/random`."""
    loaded = whisperx_alone.load(models / "random", device)
    speech.cap(loaded[0].model)
    whisperx_alone.run(str(load.recording), *loaded, device=device)  # the first call allocates
    began, files = time.monotonic(), math.ceil(load.files / 4)
    for _ in range(files):
        whisperx_alone.run(str(load.recording), *loaded, device=device)
    return {"audio_s_per_s": round(files * load.audio_s / (time.monotonic() - began), 2)}
