"""Opens the engine that the settings name."""

from collections.abc import Callable
from pathlib import Path

from whisperfarm_models import check, engine_spec, places
from whisperfarm_worker.engines.device import Device, choose
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.process import environment
from whisperfarm_worker.settings import WorkerSettings


def open_engine(settings: WorkerSettings, *, bundled_models: Path | None = None) -> Engine:
    """Open the engine. It has no network access, and no model is loaded yet.

    Raises `ModelMissing`, naming the file, if a served preset is incomplete; this is checked before
    the engine's libraries are imported. Raises `SettingsWrong` if the device was not found, the
    engine is not installed, or the engine cannot serve a preset.
    """
    chosen = engine_spec.choose(settings.engine)
    found = places(settings.models_path, bundled_models)
    check(settings.served().values(), found, chosen)
    environment.prepare(settings.models_path, nltk_folders=found.sentence_folders())
    with environment.without_collecting():
        if chosen is engine_spec.FASTER_WHISPER:
            from whisperfarm_worker.engines.faster_whisper.engine import FasterWhisperEngine
            from whisperfarm_worker.engines.faster_whisper.gpus import count

            return FasterWhisperEngine(found, _device(settings, count))
        from whisperfarm_worker.engines.whisperx.engine import WhisperXEngine
        from whisperfarm_worker.engines.whisperx.gpus import count

        return WhisperXEngine(found, _device(settings, count))


def _device(settings: WorkerSettings, gpus: Callable[[], int]) -> Device:
    return choose(
        settings.device,
        gpus=gpus,
        compute_type=settings.compute_type,
        batch_size=settings.batch_size,
        threads=settings.threads,
        concurrency=settings.concurrency,
    )
