"""The models that the served presets need on this machine."""

from collections.abc import Iterator

from whisperfarm_contract.presets import Preset
from whisperfarm_demo import models_dir
from whisperfarm_models import Need, needs, places
from whisperfarm_models.engine_spec import meant
from whisperfarm_models.settings import ModelSettings


def served_needs(settings: ModelSettings) -> Iterator[tuple[Preset, Need]]:
    """Yield every model of every served preset with its files."""
    here = places(settings.models_path, models_dir())
    for preset in settings.served().values():
        for need in needs(preset, here, meant(settings.engine)):
            yield preset, need
