"""`whisperfarm usage`: what tenants and their keys have used, by day."""

from collections.abc import Mapping
from typing import Any

import click

from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.remote.output import print_csv, print_json, print_table
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.usage import read_days, report
from whisperfarm_store.settings import StoreSettings

_SUMS = ("audio_s", "speech_s", "audio_bytes", "stored_bytes")
_COLUMNS = ("day", "tenant", "key", *map(str, JobState), *_SUMS)


@click.command()
@click.option("--tenant", help="Show this tenant only.")
@click.option("--from", "first", metavar="DAY", help="The first day, such as 2024-11-01.")
@click.option("--to", "last", metavar="DAY", help="The last day.  [default: today]")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How to print it; `csv` and `json` are for programs.",
)  # fmt: skip
@flags("data_dir")
def usage(
    tenant: str | None, first: str | None, last: str | None, output_format: str, **flag_values: Any
) -> None:
    """Show what each tenant and key has used, by day in UTC.

    A day has the jobs that were submitted on it, by their present state, with the seconds of their
    audio and of the speech in it. Jobs that retention has deleted are included. Without --from, 31
    days are shown.

    \b
      whisperfarm usage
      whisperfarm usage --tenant north --from 2024-11-01 --to 2024-11-30 --format csv
    """
    days = read_days(first, last)
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        document = report(ledger, days, tenant=tenant)
    if output_format == "json":
        print_json(document)
        return
    rows = [_row(one) for one in document["usage"]]
    if output_format == "csv":
        print_csv(_COLUMNS, rows)
    else:
        print_table([name.upper().replace("_", " ") for name in _COLUMNS], rows)


def _row(one: Mapping[str, Any]) -> list[str]:
    jobs = [str(one["jobs"][state]) for state in JobState]
    return [one["day"], one["tenant"], one["key"] or "", *jobs, *(str(one[name]) for name in _SUMS)]
