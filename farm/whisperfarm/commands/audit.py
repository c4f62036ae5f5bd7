"""`whisperfarm audit`: prints and verifies the audit log of the farm."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from whisperfarm.audit_check import check_entries, read_entries
from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm.permissions import PermittedGroup
from whisperfarm.remote.output import print_csv, print_json, print_table
from whisperfarm_contract.custody.entry import Entry
from whisperfarm_store.settings import StoreSettings

_COLUMNS = ("number", "time", "kind", "actor", "address", "change")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=PermittedGroup)
def audit() -> None:
    """See who changed what the farm permits and how it runs.

    The ledger records who made, revoked and rotated keys, paused, resumed and drained, and with
    which settings, roles and presets dispatchers started. Entries contain each other's hashes.
    These commands work with the ledger, on a machine that has the farm's settings.
    """


@audit.command("list")
@click.option(
    "--after",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="Start after this entry.",
)
@click.option(
    "--format", "output_format", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How to print it; `json` is what `verify` reads.",
)  # fmt: skip
@flags("data_dir")
def list_entries(after: int, output_format: str, **flag_values: Any) -> None:
    """Print the entries, the oldest first.

    \b
      whisperfarm audit list
      whisperfarm audit list --format json > audit.json
    """
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        entries = [one for one in ledger.audit_log.stream() if one.number > after]
    if output_format == "json":
        print_json({"entries": [one.to_wire() for one in entries]})
        return
    rows = [_row(one) for one in entries]
    if output_format == "csv":
        print_csv(_COLUMNS, rows)
    else:
        print_table([name.upper() for name in _COLUMNS], rows)


@audit.command()
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--hash",
    "known_hash",
    metavar="HASH",
    help="A hash that was noted earlier: fail if no entry has it.",
)
@flags("data_dir")
def verify(file: Path | None, known_hash: str | None, **flag_values: Any) -> None:
    """Verify that no entry was changed, removed or reordered.

    FILE is a log that `list --format json` printed, from its first entry on; without it, the
    ledger is verified. Note the hash that is printed where those who can write the database cannot:
    with it, a log that was written again or cut is found. The exit code is 65 if something was
    changed.
    """
    with _entries(file, flag_values) as entries:
        print_line(check_entries(entries, known_hash=known_hash))


def _row(entry: Entry) -> list[str]:
    body = json.loads(entry.body)
    actor, address = body.pop("actor"), body.pop("address")
    change = json.dumps(body, ensure_ascii=False)
    return [str(entry.number), entry.timestamp, entry.kind, actor, address, change]


@contextmanager
def _entries(file: Path | None, flag_values: dict[str, Any]) -> Iterator[Iterable[Entry]]:
    if file is not None:
        yield read_entries(file)
        return
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        yield ledger.audit_log.stream()
