"""Checks of this machine: decoder, models, GPU."""

import subprocess
from collections.abc import Iterator
from importlib.util import find_spec

from whisperfarm.doctor.finding import Finding, bad, good, guarded, note
from whisperfarm.models.served import served_needs
from whisperfarm_models.engine_spec import FASTER_WHISPER, KINDS, meant
from whisperfarm_worker.settings import WorkerSettings


def has_engine() -> bool:
    """Whether an engine is installed: the dispatcher's image has neither an engine nor numpy."""
    return any(find_spec(kind.package) is not None for kind in KINDS)


def without_engine() -> Finding:
    """Return the finding that replaces the checks of a worker's machine."""
    return note("worker", "no engine is installed: decoder, models and GPU are not checked")


def decoder(settings: WorkerSettings) -> Finding:
    """Run the ffmpeg that workers use, and report its version."""

    def look() -> Finding:
        from whisperfarm_worker.pipeline.audio.ffmpeg import locate  # imports numpy

        path = locate(settings.ffmpeg)
        asked = subprocess.run(
            [path, "-version"], capture_output=True, text=True, timeout=10, check=True
        )
        return good("ffmpeg", f"{path}: {asked.stdout.splitlines()[0]}")

    return guarded("ffmpeg", look, mend="install ffmpeg, or set WHISPERFARM_FFMPEG to its path")


def models(settings: WorkerSettings) -> Iterator[Finding]:
    """Yield one finding per preset about its model files."""
    missing: dict[str, list[str]] = {name: [] for name in settings.served()}
    for preset, need in served_needs(settings):
        missing[preset.name] += [str(one.path) for one in need.files if not one.present]
    for name, paths in missing.items():
        yield _preset(name, paths)


def _preset(name: str, missing: list[str]) -> Finding:
    if not missing:
        return good("models", f"all files of preset {name} are present")
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    mend = "run `whisperfarm models pull`, or serve other presets"
    return bad("models", f"preset {name} lacks {missing[0]}{more}", mend=mend)


def processor(settings: WorkerSettings) -> Finding:
    """Report the GPU, if there is one and the settings allow its use."""

    def look() -> Finding:
        if settings.device == "cpu":
            return note("GPU", "not used: WHISPERFARM_DEVICE is cpu")
        if found := _gpu(settings):
            return good("GPU", found)
        if settings.device == "auto":
            return note("GPU", "CUDA finds no GPU: models run on the CPU")
        return bad(
            "GPU", f"WHISPERFARM_DEVICE is {settings.device} and CUDA finds no GPU", mend=_DRIVER
        )

    return guarded("GPU", look, mend=_DRIVER)


def _gpu(settings: WorkerSettings) -> str:
    """Describe the GPU that the engine's library finds; an empty string means none."""
    if meant(settings.engine) is FASTER_WHISPER:
        from whisperfarm_worker.engines.faster_whisper.gpus import count

        return f"CTranslate2 can use {count()}" if count() else ""
    import torch

    if not torch.cuda.is_available():
        return ""
    return f"{torch.cuda.get_device_name(0)}, CUDA {torch.version.cuda}"


_DRIVER = "check the driver with nvidia-smi, or set WHISPERFARM_DEVICE=auto"
