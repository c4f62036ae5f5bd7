"""What a worker is asked for whenever somebody reads its metrics."""

from collections.abc import Iterator
from pathlib import Path

from whisperfarm_models.engine_spec import WHISPERX
from whisperfarm_store.metrics import Meters, Reading, definitions, initialize_labels, room_in
from whisperfarm_store.metrics.registry import Read
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.process.dependencies import Dependencies
from whisperfarm_worker.settings import WorkerSettings


def measure(
    meters: Meters,
    settings: WorkerSettings,
    *,
    leases: Leases,
    dependencies: Dependencies,
    engine: Engine,
) -> None:
    """Have the meters ask for the jobs in flight, the room on disk and the GPU's memory."""
    about = engine.about()
    name = str(about["engine"])
    meters.fix(engine=name)
    initialize_labels(meters, preset=settings.presets, engine=(name,))
    meters.read_from(lambda: [Reading(definitions.IN_FLIGHT, float(len(leases.held())))])
    meters.read_from(dependencies.readings)
    meters.read_from(room_in(_folders(settings)))
    device = str(about.get("device", ""))
    # Only torch can tell; the engine without it does not.
    if device.startswith("cuda") and name == WHISPERX.name:
        meters.read_from(_gpu(device))


def _folders(settings: WorkerSettings) -> dict[str, Path]:
    folders = {
        "data": settings.data_dir,
        "models": settings.models_path,
        "scratch": settings.scratch_path,
    }
    blobs = settings.blobs_folder
    return folders if blobs is None else {**folders, "blobs": blobs}


def _gpu(device: str) -> Read:
    def read() -> Iterator[Reading]:
        from whisperfarm_worker.engines.whisperx.gpu_memory import gpu_memory

        found = gpu_memory(device)
        for kind, size_bytes in found.items():
            yield Reading(definitions.GPU_MEMORY, float(size_bytes), (kind,))
        if "used" in found:
            yield Reading(definitions.WHISPERX_GPU, float(found["used"]))

    return read
