"""`whisperfarm speakers`: lists and erases the voices by which jobs name speakers."""

import sys
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

import click

from whisperfarm.console import report_problem
from whisperfarm.lazy_group import LazyGroup
from whisperfarm.output import print_line
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.output import format_flag
from whisperfarm.remote.speaker_table import print_speakers
from whisperfarm_contract.problems import Problem, SpeakerNotFound

_FURTHER = MappingProxyType({"enrol": "whisperfarm.commands.enrolment"})


@click.group(cls=LazyGroup, modules=_FURTHER)
def speakers() -> None:
    """Enrol, list and erase known speakers: people whom jobs with name_speakers name by voice.

    A voice identifies a person: enrol it only with the consent of that person. These commands ask a
    farm by its URL, and need the permission enrol:speakers.
    """


@speakers.command("list")
@format_flag
@farm_flags
def list_speakers(output_format: str, **farm: Any) -> None:
    """List the enrolled voices. A name may have several."""
    with open_farm(**farm) as remote:
        print_speakers(remote.speakers(), output_format)


@speakers.command()
@click.argument("speaker_ids", metavar="[ID]...", nargs=-1)
@click.option("--name", help="Erase all voices with this name.")
@farm_flags
def erase(speaker_ids: tuple[str, ...], name: str | None, **farm: Any) -> None:
    """Erase enrolled voices at once, by their ids or by the name of the person.

    Transcripts that were made with them keep the name.
    """
    if bool(speaker_ids) == (name is not None):
        raise click.UsageError("name voices either by their ids or by --name")
    with open_farm(**farm) as remote:
        if name is not None:
            speaker_ids = tuple(one["id"] for one in remote.speakers() if one["name"] == name)
            if not speaker_ids:
                raise SpeakerNotFound(f"no enrolled voice has the name {name!r}; list them first")
        failures = list(_failures(speaker_ids, remote.erase_speaker))
    print_line(f"{len(speaker_ids) - len(failures)} voices erased")
    sys.exit(failures[0].exit_code if failures else 0)


def _failures(speaker_ids: Iterable[str], erase_one: Callable[[str], None]) -> Iterable[Problem]:
    """Erase each voice. Reports and yields the problems of those that stay."""
    for speaker_id in speaker_ids:
        try:
            erase_one(speaker_id)
        except Problem as problem:
            report_problem(problem)
            yield problem
