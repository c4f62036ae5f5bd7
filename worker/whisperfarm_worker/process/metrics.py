"""What a worker is asked for whenever somebody reads its metrics."""

from collections.abc import Iterator
from pathlib import Path

from whisperfarm_models.engine_spec import WHISPERX
from whisperfarm_store.metrics import Metrics, Sample, definitions, free_bytes, initialize_labels
from whisperfarm_store.metrics.registry import Collect
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.process.dependencies import Dependencies
from whisperfarm_worker.settings import WorkerSettings


def register_metrics(
    metrics: Metrics,
    settings: WorkerSettings,
    *,
    leases: Leases,
    dependencies: Dependencies,
    engine: Engine,
) -> None:
    """Have the meters ask for the jobs in flight, the room on disk and the GPU's memory."""
    description = engine.describe()
    name = str(description["engine"])
    metrics.fix(engine=name)
    initialize_labels(metrics, preset=settings.presets, engine=(name,))
    metrics.register_collector(lambda: [Sample(definitions.IN_FLIGHT, float(len(leases.held())))])
    metrics.register_collector(dependencies.readings)
    metrics.register_collector(free_bytes(_folders(settings)))
    device = str(description.get("device", ""))
    # Only torch can tell; the engine without it does not.
    if device.startswith("cuda") and name == WHISPERX.name:
        metrics.register_collector(_gpu(device))


def _folders(settings: WorkerSettings) -> dict[str, Path]:
    folders = {
        "data": settings.data_dir,
        "models": settings.models_path,
        "scratch": settings.scratch_path,
    }
    blobs = settings.local_blobs_dir
    return folders if blobs is None else {**folders, "blobs": blobs}


def _gpu(device: str) -> Collect:
    def read() -> Iterator[Sample]:
        from whisperfarm_worker.engines.whisperx.gpu_memory import gpu_memory

        found = gpu_memory(device)
        for kind, size_bytes in found.items():
            yield Sample(definitions.GPU_MEMORY, float(size_bytes), (kind,))
        if "used" in found:
            yield Sample(definitions.WHISPERX_GPU, float(found["used"]))

    return read
