"""`whisperfarm batch`: transcribes a folder, a list or a bucket on a farm by its URL."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from whisperfarm.batch import report, session
from whisperfarm.batch.request import Request
from whisperfarm.batch.sources.source import open_source
from whisperfarm.bucket_url import SCHEME
from whisperfarm.output import print_line
from whisperfarm.remote import job_options
from whisperfarm.remote.connection import address_flags
from whisperfarm_client.errors import Interrupted
from whisperfarm_client.settings import connection
from whisperfarm_client.signals import raise_on_signals
from whisperfarm_contract.formats import FORMATS

_SIGNAL_EXIT = 128


class _Output(click.Path):
    """A folder, or the URL of a bucket."""

    def convert(self, value: Any, *context: Any) -> Any:
        return value if str(value).startswith(SCHEME) else super().convert(value, *context)


_FLAGS = (
    click.option(
        "--include", metavar="GLOB", multiple=True,
        help="Only files that match; may be repeated.  [default: extensions of audio and video]",
    ),
    click.option(
        "--exclude", metavar="GLOB", multiple=True,
        help="Not the files that match; may be repeated.",
    ),
    click.option(
        "--output", "-o", metavar="DIR|s3://BUCKET/PREFIX", type=_Output(file_okay=False),
        help="Write into this tree of files or objects.  [default: beside each recording]",
    ),
    click.option(
        "--format", "-f", "formats", type=click.Choice(list(FORMATS)), multiple=True,
        default=("json",), show_default=True, help="Format of the transcripts; may be repeated.",
    ),
    click.option("--preset", help="Preset for all recordings.  [default: the farm's]"),
    click.option(
        "--option", "pairs", metavar="NAME=VALUE", multiple=True,
        help="Option for all recordings, such as language=de; may be repeated.",
    ),
    click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing."),
    click.option("--retry-failed", is_flag=True, help="Send the recordings again that failed."),
    click.option(
        "--summary", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
        help="Write what became of each recording to a file in .csv or .json.",
    ),
    click.option(
        "--manifest", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
        help="Where to record what is done.  [default: .whisperfarm-batch.sqlite in the output]",
    ),
    click.option(
        "--senders", type=click.IntRange(1, 64), default=4, show_default=True, metavar="N",
        help="Most recordings to send at once.",
    ),
    click.option(
        "--max-jobs", type=click.IntRange(1, 10_000), default=1000, show_default=True, metavar="N",
        help="Most unfinished jobs to have on the farm.",
    ),
    click.option(
        "--timeout", type=click.FloatRange(min=0, min_open=True), default=600.0, metavar="S",
        show_default=True,
        help="Stop if the farm cannot be reached for S seconds; a busy farm is waited for.",
    ),
)  # fmt: skip


def _batch_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


@click.command()
@click.argument("source", metavar="FOLDER|LIST.csv|s3://BUCKET/PREFIX|-")
@_batch_flags
@address_flags
def batch(  # noqa: PLR0917 - click passes them by name
    source: str,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    preset: str | None,
    pairs: tuple[str, ...],
    url: str | None,
    api_key_file: str | None,
    timeout: float,
    **flags: Any,
) -> None:
    """Transcribe many recordings, and continue after an interruption.

    Sends all recordings of a folder and the folders in it, of a list, or of a bucket, as fast as
    the farm accepts them, and writes each transcript once its job has ended. A file beside the
    output, the manifest, records what is done: after any interruption, run the same command again.
    Nothing is sent twice, and recordings that have changed are done again.

    LIST.csv has one path per line, or a head with the column `path`. Its other columns are options,
    such as `preset`, `language` or `reference`. Rows with the same `call` are legs of one call,
    with `leg_offset_s` and `leg_name`. `-` reads the list from standard input.

    The exit code is 0 if all recordings are done, otherwise that of the first failure.

    \b
      whisperfarm batch /data/calls --format srt --format txt
      whisperfarm batch calls.csv --output /data/transcripts --preset better
      whisperfarm batch /data/calls --output s3://archive/transcripts
      find /data -name '*.wav' -mtime -1 | whisperfarm batch - --output /data/transcripts
    """
    if flags["summary"] is not None:
        report.check_summary(flags["summary"])
    for_all = job_options.from_flags(preset, pairs)
    request = Request(
        farm=connection(os.environ, url=url, key_file=api_key_file),
        timeout_s=timeout,
        source=open_source(source, for_all, include=include, exclude=exclude),
        options=for_all,
        **flags,
    )
    raise_on_signals()
    try:
        sys.exit(session.transcribe(request))
    except Interrupted as interrupted:
        print_line("whisperfarm: stopped; run the same command again to continue", err=True)
        sys.exit(_SIGNAL_EXIT + interrupted.number)
