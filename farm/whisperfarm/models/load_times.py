"""Measures how long a worker takes to load each model."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from whisperfarm.models.served import search_path_of
from whisperfarm_models.engine_spec import resolve
from whisperfarm_models.inventory import needs_aligner
from whisperfarm_worker.engines.factory import open_engine
from whisperfarm_worker.settings import WorkerSettings


def model_load_times(
    settings: WorkerSettings, *, bundled_models: Path | None
) -> Iterator[tuple[str, float]]:
    """Load libraries and models in turn, and yield the name and the load time in seconds of each.

    Raises `EngineFailed` and the errors of `open_engine`.
    """
    started = time.monotonic()
    engine = open_engine(settings, bundled_models=bundled_models)
    spec = resolve(settings.engine)
    yield "files checked, device chosen", time.monotonic() - started
    yield _time("libraries", engine.load, ())
    for preset in settings.served_presets().values():
        yield _time(f"{preset.name}: voice activity", engine.voice_activity_detector, preset)
        yield _time(f"{preset.name}: speech {preset.asr}", engine.speech_recognizer, preset)
        needed = needs_aligner(preset, search_path_of(settings).speech(preset.asr), spec)
        for language in preset.languages if needed else ():
            yield _time(f"{preset.name}: aligner {language}", engine.aligner, preset, language)
        if preset.diarize:
            yield _time(f"{preset.name}: diarizer", engine.diarizer, preset)


def _time(label: str, load: Callable[..., Any], *args: Any) -> tuple[str, float]:
    started = time.monotonic()
    load(*args)
    return label, time.monotonic() - started
