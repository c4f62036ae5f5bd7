"""`whisperfarm fsck`: compares the ledger with the blob store."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from whisperfarm.console import report_line
from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.fsck.inconsistency import Inconsistency, Kind
from whisperfarm.fsck.jobs import JobCheck
from whisperfarm.fsck.orphans import find_orphans
from whisperfarm.output import print_line
from whisperfarm.progress import Progress
from whisperfarm_store.blobs import Blobs, open_blobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings


@click.command()
@click.option("--verify", is_flag=True, help="Also read all blobs and compare their hashes.")
@click.option("--repair", is_flag=True, help="Delete blobs that no job needs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per line.")
@flags("data_dir")
def fsck(verify: bool, repair: bool, as_json: bool, **flag_values: Any) -> None:
    """Check that ledger and blob store are consistent with each other.

    Prints blobs that a job needs and that are missing, have the wrong size or, with --verify, other
    content than when they were stored, plain ones if WHISPERFARM_BLOB_ENCRYPTION_REQUIRED is set,
    and orphans: blobs of more than a day that no job needs.
    Works on the farm's own database and blob store, also while the farm runs. Nothing is changed
    without --repair.

    The exit code is 0 if nothing was found or all of it was repaired, and 1 otherwise.
    """
    select_farm(flag_values)
    settings = StoreSettings()
    configure_logs("error", settings.log_format, component="fsck")
    with existing_ledger(settings) as ledger:
        left = _check(ledger, open_blobs(settings), verify=verify, repair=repair, as_json=as_json)
    sys.exit(1 if left else 0)


def _check(ledger: Ledger, blobs: Blobs, *, verify: bool, repair: bool, as_json: bool) -> int:
    """Print everything that is found. Returns the number of what is left."""
    progress = Progress("checked", "blobs")
    jobs = JobCheck(ledger, blobs, verify=verify, progress=progress)
    counts: Counter[str] = Counter()
    for found in _all(jobs, ledger, blobs, progress):
        is_deleted = repair and found.kind is Kind.ORPHAN and _delete(jobs, blobs, found)
        counts["deleted" if is_deleted else found.kind] += 1
        _print(found, is_deleted=is_deleted, as_json=as_json)
    _print_summary(progress.count, counts, as_json=as_json)
    return counts.total() - counts["deleted"]


def _all(
    jobs: JobCheck, ledger: Ledger, blobs: Blobs, progress: Progress
) -> Iterator[Inconsistency]:
    yield from jobs.run()
    yield from find_orphans(ledger, blobs, progress)


def _delete(jobs: JobCheck, blobs: Blobs, orphan: Inconsistency) -> bool:
    """Delete an orphan, unless ledger and blob store seem to be those of different farms."""
    if not jobs.intact:
        report_line(
            f"{orphan.key} is not deleted, because no blob of the store belongs to a job; set"
            " WHISPERFARM_DATABASE_URL and WHISPERFARM_BLOB_URL to those of one farm"
        )
        return False
    blobs.delete(orphan.key)
    return True


def _print(found: Inconsistency, *, is_deleted: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**asdict(found), "is_deleted": is_deleted}))
    else:
        suffix = "; deleted" if is_deleted else ""
        print_line(f"{found.kind:<10}  {found.job_id or '-'}  {found.key}  {found.detail}{suffix}")


def _print_summary(checked: int, counts: Counter[str], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"checked": checked, "found": dict(counts)}))
    else:
        found = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        print_line(f"checked {checked} blobs: {found or 'all consistent'}")
