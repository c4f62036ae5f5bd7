"""Opens the engine that the settings name."""

from pathlib import Path

from whisperfarm_models import check, engine_spec, model_paths
from whisperfarm_worker.engines.device import Device, GpuMemories, choose_device
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.process import environment
from whisperfarm_worker.settings import WorkerSettings


def open_engine(settings: WorkerSettings, *, bundled_models: Path | None = None) -> Engine:
    """Open the engine. It has no network access, and no model is loaded yet.

    Raises `MissingModel`, naming the file, if a served preset is incomplete; this is checked before
    the engine's libraries are imported. Raises `InvalidSettings` if the device was not found, the
    engine is not installed, or the engine cannot serve a preset.
    """
    chosen = engine_spec.select(settings.engine)
    found = model_paths(
        settings.models_path, bundled_models, own_inventory=settings.models_inventory
    )
    check(settings.served_presets().values(), found, chosen)
    environment.set_offline(settings.models_path, nltk_folders=found.sentence_folders())
    with environment.gc_paused():
        if chosen is engine_spec.FASTER_WHISPER:
            from whisperfarm_worker.engines.faster_whisper.engine import FasterWhisperEngine
            from whisperfarm_worker.engines.faster_whisper.gpus import gpu_memories

            return FasterWhisperEngine(found, _device(settings, gpu_memories))
        from whisperfarm_worker.engines.whisperx.engine import WhisperXEngine
        from whisperfarm_worker.engines.whisperx.gpus import gpu_memories

        return WhisperXEngine(found, _device(settings, gpu_memories))


def _device(settings: WorkerSettings, gpus: GpuMemories) -> Device:
    return choose_device(
        settings.device,
        gpus=gpus,
        compute_type=settings.compute_type,
        batch_size=settings.batch_size,
        threads=settings.threads,
        concurrency=settings.concurrency,
    )
