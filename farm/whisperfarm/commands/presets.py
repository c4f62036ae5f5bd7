"""`whisperfarm presets`: lists the presets of a farm by its URL."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.output import format_flag, print_json, print_table

_HEAD = ("PRESET", "SERVED", "SPEECH MODEL", "ALIGNER", "DIARIZER", "LANGUAGES", "DESCRIPTION")


@click.command()
@format_flag
@farm_flags
def presets(output_format: str, **farm: Any) -> None:
    """List the presets that jobs may name as their model.

    Asks a farm by its URL. `default` marks the preset of jobs that name none. A preset that is not
    served is known, and has no workers on this farm.
    """
    with open_farm(**farm) as remote:
        found = remote.presets()
    if output_format == "json":
        print_json({"presets": found})
    else:
        print_table(_HEAD, [list(_row(preset)) for preset in found])


def _row(preset: Mapping[str, Any]) -> Iterator[str]:
    models = preset["models"]
    yield preset["name"]
    yield "default" if preset["is_default"] else "yes" if preset["is_served"] else "no"
    yield models["speech"]
    yield _aligner(preset)
    yield models.get("diarizer") or ""
    yield ",".join(preset["languages"]) or "all"
    yield preset["description"]


def _aligner(preset: Mapping[str, Any]) -> str:
    if not preset["align"]:
        return ""
    return preset["models"].get("aligner") or "of the language"
