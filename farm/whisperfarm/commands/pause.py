"""`whisperfarm pause` and `whisperfarm resume`: keep a farm from accepting or dispatching jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from whisperfarm.output import print_line
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.output import format_flag, print_json, print_table

_HEAD = ("PAUSED", "WHAT", "SINCE", "RETRY AFTER", "REASON")
_preset = click.option("--preset", help="The preset; without it, the whole farm.")


@click.command()
@_preset
@click.option("--accept", is_flag=True, help="Refuse new jobs.")
@click.option("--dispatch", is_flag=True, help="Dispatch no queued jobs.")
@click.option("--reason", default="", help="Why; callers whose jobs are refused see it.")
@click.option(
    "--retry-after", type=click.IntRange(1, 86_400), default=60, show_default=True, metavar="S",
    help="Ask callers whose jobs are refused to send them again after S seconds.",
)  # fmt: skip
@format_flag
@farm_flags
def pause(  # noqa: PLR0917 - click passes them by name
    preset: str | None,
    accept: bool,
    dispatch: bool,
    reason: str,
    retry_after: int,
    output_format: str,
    **farm: Any,
) -> None:
    """Pause a farm or a preset, until it is resumed.

    With --accept, new jobs are refused as `farm-paused`. With --dispatch, queued jobs wait. Without
    either, both. Running jobs continue, and so do the few that are in the broker already. The pause
    is in the ledger: it holds for all dispatchers, and after a restart. A second pause of the same
    preset replaces the first.

    Needs the key of an operator. Prints all pauses.

    \b
      whisperfarm pause --reason 'the database moves at 22:00' --retry-after 1800
      whisperfarm pause --preset premium --dispatch
      whisperfarm resume
    """
    with open_farm(**farm) as remote:
        pauses = remote.pause(
            preset,
            accept=accept or not dispatch,
            dispatch=dispatch or not accept,
            reason=reason,
            retry_after_s=retry_after,
        )
    _print(pauses, output_format)


@click.command()
@_preset
@format_flag
@farm_flags
def resume(preset: str | None, output_format: str, **farm: Any) -> None:
    """Resume a farm or a preset that is paused.

    A preset stays paused as long as the whole farm is. Needs the key of an operator. Prints the
    pauses that are left.
    """
    with open_farm(**farm) as remote:
        _print(remote.resume(preset), output_format)


def _print(pauses: Sequence[Mapping[str, Any]], output_format: str) -> None:
    if output_format == "json":
        print_json({"pauses": pauses})
    elif pauses:
        print_table(_HEAD, [_row(one) for one in pauses])
    else:
        print_line("nothing is paused")


def _row(pause: Mapping[str, Any]) -> list[str]:
    what = [name for name in ("accept", "dispatch") if pause[name]]
    since, retry_after_s = pause["paused_at"], pause["retry_after_s"]
    return [
        *(pause["preset"] or "the farm", " and ".join(what), since),
        *(f"{retry_after_s} s", pause["reason"]),
    ]
