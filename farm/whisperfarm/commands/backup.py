"""`whisperfarm backup` and `whisperfarm restore`: copy ledger and blobs, and restore them."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from whisperfarm.backup.create import Backup
from whisperfarm.backup.restore import restore_backup
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.ledger import open_ledger
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings

_folder = click.argument(
    "folder", type=click.Path(file_okay=False, resolve_path=True, path_type=Path)
)


@click.command()
@_folder
@click.option(
    "--verify", is_flag=True, help="Read the copies of earlier backups, and replace changed ones."
)
@flags("data_dir")
def backup(folder: Path, verify: bool, **flag_values: Any) -> None:
    """Copy the farm's ledger, recordings and transcripts into FOLDER.

    The copy shows the farm at one time, and the farm may run meanwhile. A further backup into the
    same folder copies only what is new, and deletes what the farm no longer has. If it is killed,
    the earlier backup stays valid, and the next one continues. The format does not depend on the
    farm's database and blob store.

    Settings, API keys and models are not in the ledger, and are not copied.

    The exit code is 1 if a blob that a job needs is missing or changed; it is printed. See
    `whisperfarm fsck`.
    """
    settings = _settings(flag_values)
    with closing(open_ledger(settings.resolved_database_url)) as ledger:
        made = Backup(ledger, open_blobs(settings), folder, verify=verify)
        made.run()
    for lost in made.lost:
        print_line(f"{lost.job_id}  {lost.key} is missing or changed", err=True)
    print_line(
        f"{folder}: {made.jobs} jobs, {made.made} new blobs, {made.found} from earlier backups,"
        f" {len(made.deleted)} deleted meanwhile"
    )
    sys.exit(1 if made.lost else 0)


@click.command()
@_folder
@flags("data_dir")
def restore(folder: Path, **flag_values: Any) -> None:
    """Restore the backup in FOLDER into the farm of the settings, which must have no jobs.

    Everything is compared with the hashes of the backup. Jobs that were queued or running are
    queued, and start as soon as the farm runs. If the command is killed, run it again.

    The exit code is 65 if the backup is not complete or was changed, and 78 if the ledger is not
    empty, or is that of another version.
    """
    settings = _settings(flag_values)
    with closing(open_ledger(settings.resolved_database_url)) as ledger:
        ledger.migrate()
        restored = restore_backup(ledger, open_blobs(settings), folder)
    print_line(f"restored {restored.jobs} jobs and {restored.blobs} blobs")


def _settings(flag_values: dict[str, Any]) -> StoreSettings:
    select_farm(flag_values)
    settings = StoreSettings()
    configure_logs("error", settings.log_format, component="backup")
    return settings
