"""`whisperfarm encryption`: keys of the blob store, and blobs that are encrypted with them."""

import sys
from typing import Any

import click

from whisperfarm.encryption.renewal import Renewal
from whisperfarm.encryption.store import open_encrypted
from whisperfarm.existing_farm import require_folder
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm.permissions import PermittedGroup
from whisperfarm_store.blobs.encryption import new_key
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings


@click.group(cls=PermittedGroup)
def encryption() -> None:
    """Encrypt recordings and transcripts in the blob store.

    The keys are in WHISPERFARM_BLOB_KEYS_FILE, or are printed by WHISPERFARM_BLOB_KEYS_COMMAND.
    """


@encryption.command("new-key")
@click.argument("key_id", metavar="ID")
def new_key_command(key_id: str) -> None:
    """Print a new key, as a line of the file of keys."""
    try:
        print_line(new_key(key_id))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="ID") from None


@encryption.command()
@flags("data_dir")
def renew(**flag_values: Any) -> None:
    """Encrypt all blobs with the first key, unless they are.

    These are the plain ones of before, and those of earlier keys. The farm may run meanwhile. If
    the command is interrupted, run it again: it continues with the blobs that are left.

    The exit code is 1 if some cannot be read, because their key is missing or because they are
    damaged; they are printed.
    """
    select_farm(flag_values)
    settings = StoreSettings()
    configure_logs("error", settings.log_format, component="encryption")
    require_folder(settings.local_blobs_dir, farm=settings.data_dir)
    renewal = Renewal(open_encrypted(settings))
    for problem in renewal.run():
        print_line(problem.detail, err=True)
    print_line(renewal.summary())
    sys.exit(1 if renewal.unreadable else 0)
