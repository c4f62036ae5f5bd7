"""Checks that the models of presets are installed."""

from collections.abc import Iterable

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidSettings, MissingModel
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.requirements import messages
from whisperfarm_models.requirements.listing import requirements_of
from whisperfarm_models.search_path import ModelPaths


def check(
    presets: Iterable[Preset], model_paths: ModelPaths, engine: EngineSpec = WHISPERX
) -> None:
    """Raise `MissingModel`, naming the first missing file, unless all models are installed.

    Raises `InvalidSettings` for a preset that diarizes, or whose voice activity model is another
    one, if the engine cannot run that.
    """
    for preset in presets:
        if engine.detector(preset) not in engine.detectors:
            raise InvalidSettings(messages.detector(preset, engine))
        if preset.diarize and not engine.diarizes:
            raise InvalidSettings(messages.diarization(preset, engine))
        for requirement in requirements_of(preset, model_paths, engine):
            for file in requirement.files:
                if not file.present:
                    raise MissingModel(messages.missing(preset, requirement, file))
