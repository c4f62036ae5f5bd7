"""`whisperfarm hub`: what this farm sends to its hub."""

from dataclasses import asdict
from typing import Any

import click

from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm.permissions import PermittedGroup
from whisperfarm.remote.output import print_json
from whisperfarm_store.settings import StoreSettings


@click.group(cls=PermittedGroup)
def hub() -> None:
    """See what this farm sends to its hub (WHISPERFARM_HUB_URL)."""


@hub.command()
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json"]), default="table",
    show_default=True, help="How to print it; `json` is for programs.",
)  # fmt: skip
@flags("data_dir")
def status(output_format: str, **flag_values: Any) -> None:
    """Show how many jobs wait, were sent and came back, their bytes, and how many fail.

    `whisperfarm jobs show` shows one job, with the problem for which the hub refused it.
    """
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        totals = asdict(ledger.forwards.totals())
    if output_format == "json":
        print_json(totals)
        return
    for name, value in {**totals.pop("by_state"), **totals}.items():
        print_line(f"{name:<20} {value:.0f}")
