"""The device that models run on."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.problems import InvalidSettings

GpuMemories = Callable[[], Sequence[int | None]]
"""Returns the memory of each GPU in bytes; `None` if it is not known."""

_CPU_BATCH_SIZE = 8
_GPU_BATCH_SIZES = ((40, 24), (24, 16), (12, 12), (0, 8))
"""GiB of memory, and the batch size of GPUs with at least as much."""

_GIB_TAKEN = 1.0
"""A GPU sold with 24 GiB reports up to so much less."""

_UNKNOWN_GPU_BATCH_SIZE = 16
_COMPUTE_TYPE = {"cpu": "int8", "cuda": "float16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device, on which up to `streams` calls run at once, with `threads` CPU threads each."""

    device_type: str
    index: int
    compute_type: str
    batch_size: int
    threads: int
    streams: int

    @property
    def torch_name(self) -> str:
        """The device in torch's notation, such as `cuda:0`."""
        return self.device_type if self.device_type == "cpu" else f"{self.device_type}:{self.index}"


def choose_device(
    setting: str,
    *,
    gpus: GpuMemories,
    compute_type: str = "auto",
    batch_size: int | None = None,
    threads: int | None = None,
    concurrency: int = 1,
) -> Device:
    """Return the device for a setting such as `auto`, `cpu` or `cuda:1`.

    `gpus` describes the GPUs that the engine's library sees; it is not called for `cpu`. On a CPU,
    up to `concurrency` calls run at once, but no more than there are cores, and they share the
    cores: two calls on one core each finish sooner than two calls in sequence on two cores.

    Raises `InvalidSettings` if there is no such GPU.
    """
    device_type, _, index = setting.partition(":")
    memories = () if device_type == "cpu" else gpus()
    if device_type == "auto":
        device_type = "cuda" if memories else "cpu"
    if device_type == "cuda" and int(index or 0) >= len(memories):
        raise InvalidSettings(
            f"WHISPERFARM_DEVICE: {setting} was not found among {len(memories)} visible GPUs; give"
            " the container access to them (docker run --gpus all), or set it to cpu"
        )
    streams = min(concurrency, cores()) if device_type == "cpu" else 1
    return Device(
        device_type=device_type,
        index=int(index or 0),
        compute_type=_COMPUTE_TYPE[device_type] if compute_type == "auto" else compute_type,
        batch_size=batch_size or _default_batch_size(memories[int(index or 0) :]),
        threads=threads or max(1, cores() // streams),
        streams=streams,
    )


def _default_batch_size(memories: Sequence[int | None]) -> int:
    """Return the batch size for the first of these GPUs, or for the CPU if there is none."""
    if not memories:
        return _CPU_BATCH_SIZE
    if memories[0] is None:
        return _UNKNOWN_GPU_BATCH_SIZE
    gib = memories[0] / (1 << 30) + _GIB_TAKEN
    return next(size for least, size in _GPU_BATCH_SIZES if gib >= least)


def cores(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the number of cores in this process's CPU affinity, limited by its cgroup."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity
        allowed = os.cpu_count() or 1
    cgroup_cores = _cgroup_cores(cgroup / "cpu.max")
    return allowed if cgroup_cores is None else max(1, min(allowed, cgroup_cores))


def _cgroup_cores(limit: Path) -> int | None:
    """Return the CPU limit of cgroup v2 in whole cores, or `None` if there is none.

    The file has `<quota> <period>` or `max <period>`.
    """
    try:
        quota, period = limit.read_text().split()
        return int(quota) // int(period)
    except (OSError, ValueError):
        return None
