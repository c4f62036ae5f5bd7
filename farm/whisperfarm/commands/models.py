"""`whisperfarm models`: lists, pulls, verifies, records and times the models of presets."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from whisperfarm.flags import flags, set_environment
from whisperfarm.legacy_env import presets_to_pull
from whisperfarm.models.pull_progress import show_progress
from whisperfarm.models.served import (
    search_path_of,
    served_optional_models,
    wanted_requirements,
)
from whisperfarm.output import print_line
from whisperfarm.permissions import PermittedGroup
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import MissingModel, ModelIntegrityError
from whisperfarm_demo import models_dir
from whisperfarm_models import Requirement, lockfile, model_paths
from whisperfarm_models.engine_spec import resolve
from whisperfarm_models.folder_layout import layout
from whisperfarm_models.inventory import Model, models_of
from whisperfarm_models.inventory_table import read_table
from whisperfarm_models.settings import ModelSettings
from whisperfarm_models.verify import FileCheck, FileState, pin, verify
from whisperfarm_store.folders import create_folder

_MEBIBYTE = 2**20
_LANGUAGES = click.option(
    "--languages",
    "models_languages",
    help="Comma-separated languages to align in multilingual presets.  [default: en]",
)


@click.group(cls=PermittedGroup)
def models() -> None:
    """List, pull, verify and record the models of the served presets, and time their loading."""


@models.command("list")
@flags("data_dir", "presets")
@_LANGUAGES
def list_models(**flag_values: Any) -> None:
    """List the models of the served presets with size, path, source and licence.

    The exit code is 1 if a model is missing. A preset of all languages also works without the
    aligners and sentence models of --languages; they are listed as optional if they are not
    installed.
    """
    set_environment(flag_values)
    settings = ModelSettings()
    found = list(wanted_requirements(settings))
    for preset, requirement in found:
        print_line(_describe(preset, requirement))
    for preset, model in served_optional_models(settings):
        print_line(_describe(preset, model, absent="optional"))
    sys.exit(0 if all(requirement.present for _, requirement in found) else 1)


@models.command("pull")
@flags("data_dir", "presets")
@_LANGUAGES
@click.option(
    "--from",
    "models_from",
    help="Source of the models: hub, s3://bucket/prefix or a folder.  [default: hub]",
)
def pull_models(**flag_values: Any) -> None:
    """Download the missing models and record them in model_inventory.json.

    An interrupted pull continues where it stopped. Set HF_TOKEN to the token of the hub.
    """
    _set_image_environment(flag_values)
    pull_all(ModelSettings())


@models.command("verify")
@flags("data_dir", "presets")
@_LANGUAGES
def verify_models(**flag_values: Any) -> None:
    """Verify the digest of every model file of the served presets.

    The exit code is 78 if a file is missing and 65 if a file differs.
    """
    _set_image_environment(flag_values)
    found = _verify(ModelSettings())
    for one in found:
        print_line(f"{one.state:<9} {one.model.name:<32} {one.detail or one.path}")
    _raise_if_bad(found)


@models.command("inventory")
@flags("data_dir", "presets")
@_LANGUAGES
def show_inventory(**flag_values: Any) -> None:
    """Record the installed models in model_inventory.json, and print it."""
    _set_image_environment(flag_values)
    settings = ModelSettings()
    found = _verify(settings)
    _raise_if_bad([one for one in found if one.state is FileState.DIFFERS])
    root = settings.models_path
    _create_models_dir(settings)
    lock = pin(found, lockfile.read(root))
    lockfile.write(root, lock)
    click.echo(json.dumps(lock.to_wire(), indent=2))


@models.command("time-load")
@flags("data_dir", "presets", "device")
def time_load(**flag_values: Any) -> None:
    """Load each model of the served presets like a worker, and print the load times."""
    set_environment(flag_values)
    from whisperfarm.models.load_times import model_load_times
    from whisperfarm_worker.settings import WorkerSettings

    for step, seconds in model_load_times(WorkerSettings(), bundled_models=models_dir()):
        print_line(f"{seconds:7.2f} s  {step}")


def pull_all(settings: ModelSettings) -> None:
    """Pull the missing models of the served presets."""
    from whisperfarm_models.pull import pull
    from whisperfarm_models.sources.factory import open_source

    _create_models_dir(settings)
    source = open_source(settings)
    try:
        with show_progress() as progress:
            pull(
                _missing_models(settings),
                source=source,
                layout=layout(search_path_of(settings)),
                concurrency=settings.models_pull_concurrency,
                progress=progress,
            )
    finally:
        source.close()


def _create_models_dir(settings: ModelSettings) -> None:
    variable = "WHISPERFARM_MODELS_DIR" if settings.models_dir else "WHISPERFARM_DATA_DIR"
    create_folder(settings.models_path, variable=variable)


def _set_image_environment(flag_values: dict[str, Any]) -> None:
    """Set the environment from the flags. Without presets, take those that an image build names."""
    set_environment(flag_values)
    presets = presets_to_pull()
    if presets and not os.environ.get("WHISPERFARM_PRESETS"):
        os.environ["WHISPERFARM_PRESETS"] = presets


def _models(settings: ModelSettings, presets: Iterable[Preset]) -> list[Model]:
    languages, engine = settings.models_languages, resolve(settings.engine)
    table = read_table(settings.models_inventory)
    needed = (one for preset in presets for one in models_of(preset, languages, engine, table))
    return list(dict.fromkeys(needed))


def _missing_models(settings: ModelSettings) -> list[Model]:
    """Return the models of the served presets, without those bundled in the package."""
    bundled = model_paths(models_dir(), environ={})
    wanted = settings.wanted_presets().values()
    return _models(settings, [one for one in wanted if bundled.find(one.asr) is None])


def _verify(settings: ModelSettings) -> Sequence[FileCheck]:
    search_path = search_path_of(settings)
    root = settings.models_path
    wanted = settings.wanted_presets().values()
    return verify(_models(settings, wanted), search_path, layout(search_path), lockfile.read(root))


def _raise_if_bad(found: Sequence[FileCheck]) -> None:
    for state, problem in (
        (FileState.DIFFERS, ModelIntegrityError),
        (FileState.MISSING, MissingModel),
    ):
        bad = [one for one in found if one.state is state]
        if bad:
            raise problem(
                f"{bad[0].detail}; run `whisperfarm models pull` to download it again"
                f" ({len(bad)} such models)"
            )


def _describe(preset: Preset, requirement: Requirement, *, absent: str = "missing") -> str:
    size_bytes = sum(file.size_bytes or 0 for file in requirement.files)
    state = f"{size_bytes / _MEBIBYTE:8.1f} MiB" if requirement.present else f"{absent:>12}"
    missing = next(
        (f"  (no {file.path.name})" for file in requirement.files if not file.present), ""
    )
    origin = f"{requirement.source}, {requirement.licence}"
    location = f"{requirement.location}{missing}"
    return f"{preset.name:<12} {requirement.kind:<15} {state}  {location}  ({origin})"
