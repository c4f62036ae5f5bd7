"""Checks of this machine: decoder, models, processor."""

import subprocess
from collections.abc import Iterator
from importlib.util import find_spec

from whisperfarm.doctor.finding import Finding, bad, good, guarded, note
from whisperfarm.models.served import served_needs
from whisperfarm_models.engine_spec import FASTER_WHISPER, KINDS, meant
from whisperfarm_worker.settings import WorkerSettings


def has_engine() -> bool:
    """Whether a worker can run here at all: a dispatcher's image has no engine, nor numpy."""
    return any(find_spec(kind.package) is not None for kind in KINDS)


def without_engine() -> Finding:
    """In place of what is asked of a machine of workers."""
    return note("worker", "not installed here: its decoder, models and GPU are not looked at")


def decoder(settings: WorkerSettings) -> Finding:
    """The ffmpeg that workers would use, asked for its version."""

    def look() -> Finding:
        from whisperfarm_worker.pipeline.audio.ffmpeg import locate  # brings numpy along

        path = locate(settings.ffmpeg)
        asked = subprocess.run(
            [path, "-version"], capture_output=True, text=True, timeout=10, check=True
        )
        return good("ffmpeg", f"{path}: {asked.stdout.splitlines()[0]}")

    return guarded("ffmpeg", look, mend="install ffmpeg, or name one with WHISPERFARM_FFMPEG")


def models(settings: WorkerSettings) -> Iterator[Finding]:
    """One finding per preset."""
    missing: dict[str, list[str]] = {name: [] for name in settings.served()}
    for preset, need in served_needs(settings):
        missing[preset.name] += [str(one.path) for one in need.files if not one.present]
    for name, paths in missing.items():
        yield _preset(name, paths)


def _preset(name: str, missing: list[str]) -> Finding:
    if not missing:
        return good("models", f"all files of preset {name} are there")
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    mend = "put it there, or serve other presets; `whisperfarm models list` shows all"
    return bad("models", f"preset {name} lacks {missing[0]}{more}", mend=mend)


def processor(settings: WorkerSettings) -> Finding:
    """The GPU, if there is one and the settings let it be used."""

    def look() -> Finding:
        if settings.device == "cpu":
            return note("GPU", "not used: WHISPERFARM_DEVICE is cpu")
        if found := _gpu(settings):
            return good("GPU", found)
        if settings.device == "auto":
            return note("GPU", "none that CUDA can use: models run on the CPU")
        return bad("GPU", f"{settings.device} is set and CUDA sees no GPU", mend=_DRIVER)

    return guarded("GPU", look, mend=_DRIVER)


def _gpu(settings: WorkerSettings) -> str:
    """The GPU that the engine's own library sees; empty when it sees none."""
    if meant(settings.engine) is FASTER_WHISPER:
        from whisperfarm_worker.engines.faster_whisper.gpus import count

        return f"{count()} that CTranslate2 can use" if count() else ""
    import torch

    if not torch.cuda.is_available():
        return ""
    return f"{torch.cuda.get_device_name(0)}, CUDA {torch.version.cuda}"


_DRIVER = "check the driver with nvidia-smi, or set WHISPERFARM_DEVICE=auto"
