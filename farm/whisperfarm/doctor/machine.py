"""Checks of this machine: decoder, models, GPU."""

import shlex
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec

from whisperfarm.doctor.finding import Finding, fail, ok, run_check, warn
from whisperfarm.models.served import served_requirements
from whisperfarm_contract.problems import Problem
from whisperfarm_models.engine_spec import ENGINES, FASTER_WHISPER, resolve
from whisperfarm_store.settings import default_data_dir
from whisperfarm_worker.settings import WorkerSettings


def has_engine() -> bool:
    """Whether an engine is installed: the dispatcher's image has neither an engine nor numpy."""
    return any(find_spec(kind.package) is not None for kind in ENGINES)


def without_engine() -> Finding:
    """Return the finding that replaces the checks of a worker's machine."""
    return warn("worker", "no engine is installed: decoder, models and GPU are not checked")


def decoder(settings: WorkerSettings) -> Finding:
    """Run the ffmpeg that workers use, and report its version."""

    def check() -> Finding:
        from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg  # imports numpy

        path = find_ffmpeg(settings.ffmpeg)
        completed = subprocess.run(
            [path, "-version"], capture_output=True, text=True, timeout=10, check=True
        )
        return ok("ffmpeg", f"{path}: {completed.stdout.splitlines()[0]}")

    return run_check("ffmpeg", check, hint="install ffmpeg, or set WHISPERFARM_FFMPEG to its path")


def models(settings: WorkerSettings) -> Iterator[Finding]:
    """Yield one finding per preset about its model files."""
    missing: dict[str, list[str]] = {name: [] for name in settings.served_presets()}
    try:
        for preset, requirement in served_requirements(settings):
            missing[preset.name] += [str(one.path) for one in requirement.files if not one.present]
    except Problem as problem:
        yield fail("models", problem.detail, hint="")
        return
    for name, paths in missing.items():
        yield _preset(name, paths, settings)


def _preset(name: str, missing: list[str], settings: WorkerSettings) -> Finding:
    if not missing:
        return ok("models", f"all files of preset {name} are present")
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    hint = f"pull them: `{_pull_command(name, settings)}`; or serve other presets"
    return fail("models", f"preset {name} lacks {missing[0]}{more}", hint=hint)


def _pull_command(preset: str, settings: WorkerSettings) -> str:
    """Return the command that pulls the preset's models to where the worker looks for them."""
    command = ["whisperfarm", "models", "pull", "--presets", preset]
    if settings.data_dir != default_data_dir():
        command += ["--data-dir", str(settings.data_dir)]
    if settings.models_dir is None:
        return shlex.join(command)
    return f"WHISPERFARM_MODELS_DIR={shlex.quote(str(settings.models_dir))} {shlex.join(command)}"


def processor(settings: WorkerSettings) -> Finding:
    """Report the GPU, if there is one and the settings allow its use."""

    def check() -> Finding:
        if settings.device == "cpu":
            return warn("GPU", "not used: WHISPERFARM_DEVICE is cpu")
        if found := _gpu(settings):
            return ok("GPU", found)
        if settings.device == "auto":
            return warn("GPU", "CUDA finds no GPU: models run on the CPU")
        return fail(
            "GPU", f"WHISPERFARM_DEVICE is {settings.device} and CUDA finds no GPU", hint=_DRIVER
        )

    return run_check("GPU", check, hint=_DRIVER)


def _gpu(settings: WorkerSettings) -> str:
    """Describe the GPU that the engine's library finds; an empty string means none."""
    if resolve(settings.engine) is FASTER_WHISPER:
        from whisperfarm_worker.engines.faster_whisper.gpus import gpu_memories

        count = len(gpu_memories())
        return f"CTranslate2 can use {count}" if count else ""
    import torch

    if not torch.cuda.is_available():
        return ""
    return f"{torch.cuda.get_device_name(0)}, CUDA {torch.version.cuda}"


_DRIVER = "check the driver with nvidia-smi, or set WHISPERFARM_DEVICE=auto"
