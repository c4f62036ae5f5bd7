"""Registers the gauges of a worker that are read at each scrape."""

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
    """Register gauges for jobs in flight, dependencies, disk space and GPU memory.

    Also exports the counters of the worker's presets from the start, at 0.
    """
    description = engine.describe()
    name = str(description["engine"])
    metrics.fix(engine=name)
    initialize_labels(metrics, preset=settings.presets, engine=(name,))
    metrics.register_collector(lambda: [Sample(definitions.IN_FLIGHT, float(len(leases.held())))])
    metrics.register_collector(dependencies.readings)
    metrics.register_collector(free_bytes(_folders(settings)))
    device = str(description.get("device", ""))
    # GPU memory is read from torch, which only this engine imports.
    if device.startswith("cuda") and name == WHISPERX.name:
        metrics.register_collector(_gpu_collector(device))


def _folders(settings: WorkerSettings) -> dict[str, Path]:
    folders = {
        "data": settings.data_dir,
        "models": settings.models_path,
        "scratch": settings.scratch_path,
    }
    blobs = settings.local_blobs_dir
    return folders if blobs is None else {**folders, "blobs": blobs}


def _gpu_collector(device: str) -> Collect:
    def read() -> Iterator[Sample]:
        from whisperfarm_worker.engines.whisperx.gpu_memory import gpu_memory

        sizes = gpu_memory(device)
        for kind, size_bytes in sizes.items():
            yield Sample(definitions.GPU_MEMORY, float(size_bytes), (kind,))
        if "used" in sizes:
            yield Sample(definitions.WHISPERX_GPU, float(sizes["used"]))

    return read
