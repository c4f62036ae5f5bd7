"""`whisperfarm jobs erase`: deletes what jobs have stored."""

from functools import partial
from typing import Any

import click

from whisperfarm.commands.jobs import for_each
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.output import format_flag

_DONE = "erased: the recording and all transcripts"


@click.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; it stays in the chain of custody.")
@format_flag
@farm_flags
def erase(job_ids: tuple[str, ...], reason: str, output_format: str, **farm: Any) -> None:
    """Delete the recordings and transcripts of jobs that have ended, at once.

    The jobs themselves stay. A job with a legal hold is unchanged.
    """
    with open_farm(**farm) as remote:
        for_each(job_ids, partial(remote.erase, reason=reason), output_format, done=lambda _: _DONE)
