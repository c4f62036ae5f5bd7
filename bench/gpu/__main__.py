"""Command line of the benchmark: measures each size, and prints one JSON document."""

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench import random_models
from bench.gpu import pipeline, speech, stages
from bench.gpu.busy import BusyTime, watch
from bench.gpu.sizes import PRESET, SIZES
from bench.random_models import WhisperSize
from training.wav import read_pcm
from whisperfarm_contract.presets import Preset, get_preset, with_custom
from whisperfarm_demo import models_dir, samples_dir
from whisperfarm_worker.engines.factory import open_engine
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ
from whisperfarm_worker.process.environment import disable_telemetry
from whisperfarm_worker.settings import WorkerSettings

CALL = samples_dir() / "support-call.wav"
BATCHES = {"cpu": (1, 4), "cuda": (1, 8, 16, 32)}
_LIBRARIES = ("torch", "ctranslate2", "whisperx", "pyannote.audio", "onnxruntime", "transformers")


def main() -> None:
    """Measure the sizes until the time is up."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1 or cpu")
    parser.add_argument("--sizes", default=",".join(SIZES), help="of: %(default)s")
    parser.add_argument("--minutes", type=float, default=10, help="begin no size after this time")
    parser.add_argument("--files", type=int, default=16, help="recordings at once: %(default)s")
    given = parser.parse_args()
    disable_telemetry()
    busy = watch()
    audio_s = len(read_pcm(CALL)) / SAMPLE_RATE_HZ
    load = pipeline.Load(recording=CALL, audio_s=audio_s, files=given.files)
    deadline = time.monotonic() + 60 * given.minutes
    report: dict[str, Any] = {"machine": _machine(given.device), "sizes": {}}
    with tempfile.TemporaryDirectory(prefix="whisperfarm-gpu-") as folder:
        models = Path(folder) / "models"
        random_models.aligner(models / "random/align-en")
        random_models.diarizer(models / "random/diarize")
        (models / "nltk").symlink_to(models_dir() / "demo" / "nltk")
        for size in given.sizes.split(","):
            if time.monotonic() > deadline:
                report["sizes"][size] = {"error": "not measured: the time was up"}
                continue
            print(f"measuring {size} ...", file=sys.stderr, flush=True)
            report["sizes"][size] = _try(
                lambda size=size: dict(_measure(SIZES[size], models, given.device, load, busy))
            )
    print(json.dumps(report, indent=2))


def _measure(
    size: WhisperSize, models: Path, device: str, load: pipeline.Load, busy: BusyTime
) -> Iterator[tuple[str, Any]]:
    """Yield the figures of a size. What fails is reported, and the others are measured."""
    random_models.speech_recognizer(models / "random/asr", size)
    samples = read_pcm(load.recording)
    with tempfile.TemporaryDirectory() as data:
        engine, preset = _engine(models, device, Path(data))

        def windows() -> Mapping[str, float]:
            model: Any = engine.speech_recognizer(preset)
            speech.cap(model.model._model)
            batches = BATCHES[device.partition(":")[0]]
            return speech.windows_per_second(model.model, speech.full_window(samples), batches)

        yield "windows_per_s", _try(windows)
        yield "torch_s", _try(lambda: stages.torch_stages(engine, preset, samples))
        yield "stage_s", _try(lambda: stages.seconds_of_stages(engine, preset, load.recording))
        yield "farm", _try(lambda: pipeline.farm(engine, preset, load, busy))
    yield "whisperx", _try(lambda: pipeline.whisperx(models, load, device=device))


def _engine(models: Path, device: str, data: Path) -> tuple[Engine, Preset]:
    own = data / "presets.toml"
    own.write_text(PRESET)
    settings = WorkerSettings(
        data_dir=data,
        models_dir=models,
        device=device,
        presets=("bench",),
        presets_file=own,
        concurrency=pipeline.CONCURRENCY,
    )
    return open_engine(settings), get_preset("bench", with_custom(own))


def _try(measure: Callable[[], Any]) -> Any:
    try:
        return measure()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _machine(device: str) -> dict[str, Any]:
    import torch

    found: dict[str, Any] = {"python": platform.python_version(), "device": device}
    if device != "cpu" and torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name(device)
        found["cuda"] = torch.version.cuda
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return found


if __name__ == "__main__":
    main()
