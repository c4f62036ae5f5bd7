"""`whisperfarm backup`: copies ledger and blobs."""

import sys
from pathlib import Path
from typing import Any

import click

from whisperfarm.backup.create import Backup
from whisperfarm.backup.opening import open_repository
from whisperfarm.commands.backup_place import farm_settings, place
from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags
from whisperfarm.output import print_line
from whisperfarm_client.errors import Interrupted
from whisperfarm_client.signals import raise_on_signals
from whisperfarm_store.blobs import open_blobs

_SIGNAL_EXIT = 128


@click.command()
@place
@click.option(
    "--verify", is_flag=True, help="Read the copies of earlier backups, and replace changed ones."
)
@flags("data_dir")
def backup(place: Path | str, verify: bool, **flag_values: Any) -> None:
    """Copy the farm's ledger, recordings and transcripts into a folder or a bucket.

    The copy shows the farm at one time, and the farm may run meanwhile. A further backup into the
    same place copies only what is new, and deletes what the farm no longer has. If it is killed,
    the earlier backup stays valid, and the next one continues. The format does not depend on the
    farm's database and blob store. A bucket is on the server of the farm's settings for S3.

    Of the API keys in the ledger, the digests are copied, so that they are valid after `restore`.
    Settings, with the keys in them, and models are not copied.

    The exit code is 1 if a blob that a job needs is missing or changed; it is printed. See
    `whisperfarm fsck`.
    """
    settings = farm_settings(flag_values)
    with existing_ledger(settings) as ledger:
        repository = open_repository(place, settings)
        made = Backup(ledger, open_blobs(settings), repository, verify=verify)
        _run(made)
    for lost in made.lost:
        print_line(f"{lost.job_id}  {lost.key} is missing or changed", err=True)
    print_line(
        f"{place}: {made.jobs} jobs, {made.made} new blobs, {made.found} from earlier backups,"
        f" {len(made.deleted)} deleted meanwhile"
    )
    sys.exit(1 if made.lost else 0)


def _run(made: Backup) -> None:
    """Make the backup. A signal ends it once its lock is released."""
    raise_on_signals()
    try:
        made.run()
    except Interrupted as interrupted:
        print_line("whisperfarm: stopped; the earlier backup is valid", err=True)
        sys.exit(_SIGNAL_EXIT + interrupted.number)
