"""The engine of a worker, opened as its settings say."""

from pathlib import Path

from whisperfarm_worker import environment
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.models import check, places
from whisperfarm_worker.settings import WorkerSettings


def open_engine(settings: WorkerSettings, *, bundled_models: Path | None = None) -> Engine:
    """The engine, with the network out of its reach and no model loaded yet.

    Raises `ModelMissing`, naming the file, when a served preset is not complete; this is known
    before anything heavy is imported. Raises `SettingsWrong` for a device that is not there.
    """
    found = places(settings.models_path, bundled_models)
    check(settings.served().values(), found)
    environment.prepare(settings.models_path, nltk_folders=found.sentence_folders())
    with environment.without_collecting():
        from whisperfarm_worker.engines.whisperx.device import choose
        from whisperfarm_worker.engines.whisperx.engine import WhisperXEngine

        device = choose(
            settings.device,
            compute_type=settings.compute_type,
            batch_size=settings.batch_size,
            threads=settings.threads,
            concurrency=settings.concurrency,
        )
    return WhisperXEngine(found, device)
