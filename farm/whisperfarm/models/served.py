"""What the served presets need on this machine: asked by `whisperfarm models` and by the doctor."""

from collections.abc import Iterator

from whisperfarm_contract.presets import Preset
from whisperfarm_demo import models_dir
from whisperfarm_models import Need, needs, places
from whisperfarm_models.engine_spec import meant
from whisperfarm_models.settings import ModelSettings


def served_needs(settings: ModelSettings) -> Iterator[tuple[Preset, Need]]:
    """Every model of every served preset."""
    here = places(settings.models_path, models_dir())
    for preset in settings.served().values():
        for need in needs(preset, here, meant(settings.engine)):
            yield preset, need
