"""The flags that select jobs of a farm."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from whisperfarm_contract.job import APPROVED, PENDING
from whisperfarm_contract.states import JobState

_NAMES = ("state", "batch", "reference", "filename", "approval", "from_", "to")
_FILTERS = (
    click.option(
        "--state", type=click.Choice([str(state) for state in JobState]), help="In this state."
    ),
    click.option("--batch", help="Of this batch."),
    click.option("--reference", help="With this reference of the caller."),
    click.option("--filename", help="Of recordings with exactly this file name."),
    click.option(
        "--approval",
        type=click.Choice([PENDING, APPROVED]),
        help="That require an approval, and wait for it or have it.",
    ),
    click.option("--from", "from_", metavar="TIME", help="Submitted at this time or later."),
    click.option("--to", metavar="TIME", help="Submitted before this time."),
    click.option(
        "--metadata",
        metavar="NAME=VALUE",
        multiple=True,
        help="With this member of the caller's metadata; may be given several times.",
    ),
)


def filter_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filters to a command, which passes them to `pop_filters`."""
    for flag in reversed(_FILTERS):
        command = flag(command)
    return command


def pop_filters(values: dict[str, Any]) -> dict[str, str]:
    """Take the filters out of the values of flags, as members of a query."""
    given = {name.strip("_"): values.pop(name) for name in _NAMES}
    filters = {name: value for name, value in given.items() if value is not None}
    return {**filters, **_metadata(values.pop("metadata"))}


def _metadata(members: Sequence[str]) -> dict[str, str]:
    filters: dict[str, str] = {}
    for member in members:
        name, separator, value = member.partition("=")
        if not name or not separator:
            raise click.BadParameter(f"{member!r} is not NAME=VALUE", param_hint="--metadata")
        filters[f"metadata.{name}"] = value
    return filters
