"""Where the models run."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.problems import SettingsWrong

_BATCH_SIZE = {"cpu": 8, "cuda": 16}
_COMPUTE_TYPE = {"cpu": "int8", "cuda": "float16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device, and how models run on it: so many calls at once, with so many CPU threads each."""

    kind: str
    index: int
    compute_type: str
    batch_size: int
    threads: int
    lanes: int

    @property
    def torch_name(self) -> str:
        """As torch calls it."""
        return self.kind if self.kind == "cpu" else f"{self.kind}:{self.index}"


def choose(
    wanted: str,
    *,
    gpus: Callable[[], int],
    compute_type: str = "auto",
    batch_size: int | None = None,
    threads: int | None = None,
    concurrency: int = 1,
) -> Device:
    """The device of a setting such as `auto`, `cpu` or `cuda:1`. Raises `SettingsWrong`.

    `gpus` counts those that the engine's library sees; it is not asked where nobody wants one. On a
    CPU as many calls run at once as there are jobs and cores for, and share the cores: two calls on
    one core each are done sooner than one after the other on both.
    """
    kind, _, index = wanted.partition(":")
    if kind == "auto":
        kind = "cuda" if gpus() else "cpu"
    if kind == "cuda" and int(index or 0) >= gpus():
        raise SettingsWrong(
            f"WHISPERFARM_DEVICE: {wanted} is not there, {gpus()} GPUs are seen; give the container"
            " its GPUs (docker run --gpus all), or set it to cpu"
        )
    lanes = min(concurrency, cores()) if kind == "cpu" else 1
    return Device(
        kind=kind,
        index=int(index or 0),
        compute_type=_COMPUTE_TYPE[kind] if compute_type == "auto" else compute_type,
        batch_size=batch_size or _BATCH_SIZE[kind],
        threads=threads or max(1, cores() // lanes),
        lanes=lanes,
    )


def cores(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """The cores that this process may use: those that it may run on, and a container's share."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        allowed = os.cpu_count() or 1
    share = _share(cgroup / "cpu.max")
    return allowed if share is None else max(1, min(allowed, share))


def _share(limit: Path) -> int | None:
    """Whole cores of a CPU limit as cgroup v2 writes it, `<quota> <period>` or `max <period>`."""
    try:
        quota, period = limit.read_text().split()
        return int(quota) // int(period)
    except (OSError, ValueError):
        return None
