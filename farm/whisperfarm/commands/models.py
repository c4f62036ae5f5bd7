"""`whisperfarm models`: lists, pulls, verifies and tests the models of the presets."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from whisperfarm.flags import flags, into_environment
from whisperfarm.legacy_env import presets_to_pull
from whisperfarm.models.pull_progress import shown
from whisperfarm.models.served import served_needs
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ModelMissing, ModelRefused
from whisperfarm_demo import models_dir
from whisperfarm_models import Need, lockfile, places
from whisperfarm_models.engine_spec import meant
from whisperfarm_models.folder_layout import layout
from whisperfarm_models.inventory import Model, models_of
from whisperfarm_models.settings import ModelSettings
from whisperfarm_models.verify import Found, State, pin, verify

_MEBIBYTE = 2**20
_LANGUAGES = click.option(
    "--languages",
    "models_languages",
    help="Comma-separated languages to align in multilingual presets.  [default: en]",
)


@click.group()
def models() -> None:
    """List, pull, verify and test the models of the served presets."""


@models.command("list")
@flags("data_dir", "presets")
def list_models(**given: Any) -> None:
    """List the models of the served presets with size and path.

    The exit code is 1 if a model is missing.
    """
    into_environment(given)
    found = list(served_needs(ModelSettings()))
    for preset, need in found:
        click.echo(_line(preset, need))
    sys.exit(0 if all(need.present for _, need in found) else 1)


@models.command("pull")
@flags("data_dir", "presets")
@_LANGUAGES
@click.option(
    "--from",
    "models_from",
    help="Source of the models: hub, s3://bucket/prefix or a folder.  [default: hub]",
)
def pull_models(**given: Any) -> None:
    """Download the missing models and record them in model_inventory.json.

    An interrupted pull continues where it stopped. Set HF_TOKEN to the token of the hub.
    """
    _take(given)
    pull_all(ModelSettings())


@models.command("verify")
@flags("data_dir", "presets")
@_LANGUAGES
def verify_models(**given: Any) -> None:
    """Verify the digest of every model file of the served presets.

    The exit code is 78 if a file is missing and 65 if a file differs.
    """
    _take(given)
    found = _verified(ModelSettings())
    for one in found:
        click.echo(f"{one.state:<9} {one.model.name:<32} {one.detail or one.path}")
    _raise_worst(found)


@models.command("inventory")
@flags("data_dir", "presets")
@_LANGUAGES
def show_inventory(**given: Any) -> None:
    """Record the installed models in model_inventory.json, and print it."""
    _take(given)
    settings = ModelSettings()
    found = _verified(settings)
    _raise_worst([one for one in found if one.state is State.DIFFERS])
    root = settings.models_path
    root.mkdir(parents=True, exist_ok=True)
    made = pin(found, lockfile.read(root))
    lockfile.write(root, made)
    click.echo(json.dumps(made.to_wire(), indent=2))


@models.command("load-test")
@flags("data_dir", "presets", "device")
def load_test(**given: Any) -> None:
    """Load each model of the served presets like a worker, and print the load times."""
    into_environment(given)
    from whisperfarm.models.load_times import loads
    from whisperfarm_worker.settings import WorkerSettings

    for what, seconds in loads(WorkerSettings(), bundled_models=models_dir()):
        click.echo(f"{seconds:7.2f} s  {what}")


def pull_all(settings: ModelSettings) -> None:
    """Pull the missing models of the served presets."""
    from whisperfarm_models.pull import pull
    from whisperfarm_models.sources.factory import open_source

    source = open_source(settings)
    try:
        with shown() as progress:
            pull(
                _absent(settings),
                source=source,
                layout=layout(places(settings.models_path)),
                at_once=settings.models_at_once,
                progress=progress,
            )
    finally:
        source.close()


def _take(given: dict[str, Any]) -> None:
    """Set the environment from the flags, else from the variables of an image build."""
    into_environment(given)
    named = presets_to_pull()
    if named and not os.environ.get("WHISPERFARM_PRESETS"):
        os.environ["WHISPERFARM_PRESETS"] = named


def _models(settings: ModelSettings, presets: Iterable[Preset]) -> list[Model]:
    languages, engine = settings.models_languages, meant(settings.engine)
    every = (one for preset in presets for one in models_of(preset, languages, engine))
    return list(dict.fromkeys(every))


def _absent(settings: ModelSettings) -> list[Model]:
    """Return the models of the served presets, without those bundled in the package."""
    bundled = places(models_dir(), environ={})
    served = settings.served().values()
    return _models(settings, [one for one in served if bundled.find(one.asr) is None])


def _verified(settings: ModelSettings) -> Sequence[Found]:
    here = places(settings.models_path, models_dir())
    root = settings.models_path
    served = settings.served().values()
    return verify(_models(settings, served), here, layout(here), lockfile.read(root))


def _raise_worst(found: Sequence[Found]) -> None:
    for state, problem in ((State.DIFFERS, ModelRefused), (State.MISSING, ModelMissing)):
        bad = [one for one in found if one.state is state]
        if bad:
            raise problem(
                f"{bad[0].detail}; run `whisperfarm models pull` to download it again"
                f" ({len(bad)} such models)"
            )


def _line(preset: Preset, need: Need) -> str:
    size_bytes = sum(file.size_bytes or 0 for file in need.files)
    state = f"{size_bytes / _MEBIBYTE:8.1f} MiB" if need.present else "     missing"
    missing = next((f"  (no {file.path.name})" for file in need.files if not file.present), "")
    return f"{preset.name:<12} {need.kind:<15} {state}  {need.place}{missing}"
