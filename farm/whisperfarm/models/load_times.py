"""Measures how long a worker takes to load each model."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from whisperfarm_worker.engines.factory import open_engine
from whisperfarm_worker.settings import WorkerSettings


def loads(settings: WorkerSettings, *, bundled_models: Path | None) -> Iterator[tuple[str, float]]:
    """Load libraries and models in turn, and yield the name and the load time in seconds of each.

    Raises `EngineFailed` and the errors of `open_engine`.
    """
    begun = time.monotonic()
    engine = open_engine(settings, bundled_models=bundled_models)
    yield "files checked, device chosen", time.monotonic() - begun
    yield _timed("libraries and voice activity", engine.load, ())
    for preset in settings.served().values():
        yield _timed(f"{preset.name}: speech {preset.asr}", engine.speech_model, preset)
        for language in preset.languages if preset.align else ():
            yield _timed(f"{preset.name}: aligner {language}", engine.aligner, preset, language)
        if preset.diarize:
            yield _timed(f"{preset.name}: diarizer", engine.diarizer, preset)


def _timed(what: str, load: Callable[..., Any], *given: Any) -> tuple[str, float]:
    begun = time.monotonic()
    load(*given)
    return what, time.monotonic() - begun
