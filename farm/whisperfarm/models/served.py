"""The models that the served presets need on this machine."""

from collections.abc import Iterable, Iterator

from whisperfarm_contract.presets import Preset
from whisperfarm_demo import models_dir
from whisperfarm_models import ModelPaths, Requirement, model_paths, requirements_of
from whisperfarm_models.engine_spec import resolve
from whisperfarm_models.requirements import optional_models
from whisperfarm_models.settings import ModelSettings


def search_path_of(settings: ModelSettings) -> ModelPaths:
    """Return where the models of these settings are searched for."""
    return model_paths(settings.models_path, models_dir(), own_inventory=settings.models_inventory)


def served_optional_models(settings: ModelSettings) -> Iterator[tuple[Preset, Requirement]]:
    """Yield the models that served presets of all languages use if they are installed."""
    search_path = search_path_of(settings)
    engine, languages = resolve(settings.engine), settings.models_languages
    for preset in settings.wanted_presets().values():
        for model in optional_models(preset, search_path, engine, languages=languages):
            yield preset, model


def wanted_requirements(settings: ModelSettings) -> Iterator[tuple[Preset, Requirement]]:
    """Yield every model of every served preset, and of those that a profile falls back to."""
    return _requirements(settings, settings.wanted_presets().values())


def served_requirements(settings: ModelSettings) -> Iterator[tuple[Preset, Requirement]]:
    """Yield every model of every served preset with its files."""
    return _requirements(settings, settings.served_presets().values())


def _requirements(
    settings: ModelSettings, presets: Iterable[Preset]
) -> Iterator[tuple[Preset, Requirement]]:
    search_path = search_path_of(settings)
    for preset in presets:
        for requirement in requirements_of(preset, search_path, resolve(settings.engine)):
            yield preset, requirement
