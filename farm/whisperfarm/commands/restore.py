"""`whisperfarm restore`: restores a backup into a farm without jobs."""

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from whisperfarm.backup.opening import open_repository
from whisperfarm.backup.restore import restore_backup
from whisperfarm.commands.backup_place import farm_settings, place
from whisperfarm.flags import flags
from whisperfarm.output import print_line
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.ledger import open_ledger


@click.command()
@place
@flags("data_dir")
def restore(place: Path | str, **flag_values: Any) -> None:
    """Restore a backup into the farm of the settings, which must have no jobs.

    Everything is compared with the hashes of the backup. Jobs that were queued or running are
    queued, and start as soon as the farm runs. If the command is killed, run it again.

    The exit code is 65 if the backup is not complete or was changed, and 78 if the ledger is not
    empty, or is that of another version.
    """
    settings = farm_settings(flag_values)
    with closing(open_ledger(settings.resolved_database_url)) as ledger:
        ledger.migrate()
        repository = open_repository(place, settings)
        restored = restore_backup(ledger, open_blobs(settings), repository)
    print_line(f"restored {restored.jobs} jobs and {restored.blobs} blobs")
