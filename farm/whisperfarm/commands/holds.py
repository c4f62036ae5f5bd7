"""`whisperfarm jobs hold` and `release`: legal holds of jobs."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from whisperfarm.commands.jobs import for_each
from whisperfarm.output import print_line
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.job_filters import filter_flags, pop_filters
from whisperfarm.remote.output import format_flag

_job_ids = click.argument("job_ids", metavar="[JOB]...", nargs=-1)
_reason = click.option("--reason", required=True, help="Why; it stays in the chain of custody.")


@click.command()
@_job_ids
@_reason
@filter_flags
@format_flag
@farm_flags
def hold(job_ids: tuple[str, ...], **values: Any) -> None:
    """Set legal holds: nothing of these jobs is deleted until their holds are lifted.

    Name jobs by their ids, or all that match filters now.

    \b
      whisperfarm jobs hold --reference call-17 --reason 'case 2024-311'
    """
    _change(job_ids, values, one="hold", many="hold_all")


@click.command()
@_job_ids
@_reason
@filter_flags
@format_flag
@farm_flags
def release(job_ids: tuple[str, ...], **values: Any) -> None:
    """Lift legal holds, of jobs by their ids or of all that match filters."""
    _change(job_ids, values, one="release", many="release_all")


def _change(job_ids: tuple[str, ...], values: dict[str, Any], *, one: str, many: str) -> None:
    filters, reason = pop_filters(values), values.pop("reason")
    output_format = values.pop("output_format")
    if bool(job_ids) == bool(filters):
        raise click.UsageError("name jobs either by their ids or by filters such as --reference")
    with open_farm(**values) as remote:
        if job_ids:
            change = partial(getattr(remote, one), reason=reason)
            for_each(job_ids, change, output_format, done=_done)
        else:
            print_line(f"{getattr(remote, many)(filters, reason=reason)} jobs changed")


def _done(job: Mapping[str, Any]) -> str:
    """Return what the hold is now. A job that had a hold before keeps it with its reason."""
    hold = job.get("hold")
    return f"held: {hold['reason']}" if hold else "released"
