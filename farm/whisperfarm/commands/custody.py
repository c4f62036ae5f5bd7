"""`whisperfarm custody`: exports and verifies chains of custody, and makes their roots and key."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from whisperfarm.custody.document_check import verify_document
from whisperfarm.custody.files import read_roots
from whisperfarm.custody.ledger_check import LedgerCheck
from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line, write_file
from whisperfarm.permissions import PermittedGroup
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm_contract.problems import CustodyNotFound, InvalidSettings
from whisperfarm_dispatcher.custody import (
    PublicKeys,
    make_root,
    read_public_keys,
    signer,
    write_key,
)
from whisperfarm_dispatcher.custody.export import root_file
from whisperfarm_dispatcher.custody.keys import VARIABLE, public_file
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store import events
from whisperfarm_store.logs import configure_logs

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_output = click.option("--output", "-o", type=_NEW_FILE, help="File to write it to.")
_public_key = click.option(
    "--public-key", type=_FILE, help="File with the public keys of the farm."
)


@click.group(cls=PermittedGroup)
def custody() -> None:
    """Prove that nothing was changed: chains of custody, their signatures and roots.

    With WHISPERFARM_CUSTODY=true, the ledger records what happens to each job in entries that
    contain each other's hashes. `verify` needs no farm, `export` asks one by its URL, and the other
    commands work with the ledger, on a machine that has the farm's settings.

    The exit code is 65 if something was changed, and 0 if nothing was.
    """


@custody.command()
@click.argument("file", required=False, type=_NEW_FILE)
@click.option("--rotate", is_flag=True, help="Replace the key in FILE by a new one.")
def key(file: Path | None, rotate: bool) -> None:
    """Make the key that signs chains and roots.

    FILE is that of WHISPERFARM_CUSTODY_KEY_FILE if it is omitted. Its owner alone can read it. The
    public key is added to FILE.pub, which keeps those of earlier keys: hand this file out to those
    who verify.
    """
    path = file or DispatcherSettings().custody_key_file
    if path is None:
        raise InvalidSettings(f"name the file of the key, or set {VARIABLE}")
    made = write_key(path, replace=rotate)
    print_line(f"made the key {made.id}: {path} is secret, {public_file(path)} is public")


@custody.command()
@click.argument("job_id", metavar="JOB")
@_output
@farm_flags
def export(job_id: str, output: Path | None, **farm: Any) -> None:
    """Get the chain of custody of a job, as a document that `verify` reads."""
    with open_farm(**farm) as remote:
        _write(remote.custody(job_id), output)


@custody.command()
@click.argument("file", type=_FILE)
@click.option(
    "--audio",
    type=_FILE,
    multiple=True,
    help="The recording that was submitted; repeated, in the same order, for the legs of a call.",
)
@_public_key
def verify(file: Path, audio: tuple[Path, ...], public_key: Path | None) -> None:
    """Verify the document of a chain. Needs no farm and no network.

    Prints the entries and what is proved. If something was changed, it names the first entry that
    is not what was written, and what differs.
    """
    for line in verify_document(file, audio=audio, public_key=public_key):
        print_line(line)


@custody.command()
@_output
@flags("data_dir")
def root(output: Path | None, **flag_values: Any) -> None:
    """Make a root over all chains that have grown since the last one, and print it.

    Without such chains, it prints the last root. Keep roots where those who can write the database
    cannot: with them, `verify-ledger` finds chains that were written again.
    """
    settings = _settings(flag_values)
    with existing_ledger(settings) as ledger:
        sign = signer(settings.custody_key_file)
        while make_root(ledger.custody, sign) is not None:
            pass
        latest = ledger.custody.roots.latest()
    if latest is None:
        raise CustodyNotFound(_no_chains(settings))
    _write(root_file(latest), output)


@custody.command("verify-ledger")
@click.option(
    "--roots", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with roots that `whisperfarm custody root` has written.",
)  # fmt: skip
@_public_key
@flags("data_dir")
def verify_ledger(roots: Path | None, public_key: Path | None, **flag_values: Any) -> None:
    """Verify all chains and roots of the ledger.

    Prints each entry, job and root that was changed, removed, reordered or written again.
    """
    settings = _settings(flag_values)
    exported = () if roots is None else read_roots(roots)
    with existing_ledger(settings) as ledger, ledger.custody.audit() as audit:
        check = LedgerCheck(audit, _public_keys(settings, public_key), exported)
        found = _print_all(check.run())
    print_line(
        f"verified {check.jobs} jobs with {check.entries} entries,"
        f" {len(exported)} exported roots: {f'{found} differences' if found else 'all whole'}"
    )
    sys.exit(65 if found else 0)


@custody.command()
@click.argument("job_id", metavar="JOB")
@flags("data_dir")
def erase(job_id: str, **flag_values: Any) -> None:
    """Erase the personal values in the chain of a job.

    These are the file name, the caller's name and address, and prompts. Their hashes stay, so that
    the chain can still be verified. What the job itself has is deleted with the job.
    """
    with existing_ledger(_settings(flag_values)) as ledger:
        count = ledger.custody.erase(job_id)
    print_line(f"erased {count} values")


def _no_chains(settings: DispatcherSettings) -> str:
    if settings.custody:
        return "the ledger has no chains of custody yet; those of new jobs are kept from now on"
    return "the ledger has no chains of custody; set WHISPERFARM_CUSTODY=true for all parts"


def _print_all(lines: Iterable[str]) -> int:
    """Print and count the differences, and log that there are some."""
    count = 0
    for line in lines:
        if not count:
            events.custody.verification_failed.log(first=line)
        count += 1
        print_line(line)
    return count


def _write(document: bytes, output: Path | None) -> None:
    if output is not None:
        write_file(output, document)
    else:
        click.echo(document, nl=False)


def _public_keys(settings: DispatcherSettings, file: Path | None) -> PublicKeys | None:
    """Return the keys of the flag, or those beside the farm's own key."""
    if file is not None:
        return read_public_keys(file)
    own = settings.custody_key_file and public_file(settings.custody_key_file)
    return read_public_keys(own) if own and own.is_file() else None


def _settings(flag_values: dict[str, Any]) -> DispatcherSettings:
    select_farm(flag_values)
    settings = DispatcherSettings()
    configure_logs("error", settings.log_format, component="farm")
    return settings
