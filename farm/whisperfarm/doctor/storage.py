"""Checks of the storage: database, blobs, disk."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from whisperfarm.doctor.finding import Finding, fail, ok, run_check, warn
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.folders import create_folder
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace
from whisperfarm_worker.settings import WorkerSettings

_OK_FREE_BYTES = 5 * 2**30
_LOW_FREE_BYTES = 2**29


def data_dir(settings: StoreSettings) -> Finding:
    """Create the data folder, and write to it."""
    folder, variable = settings.data_dir, "WHISPERFARM_DATA_DIR"

    def check() -> Finding:
        create_folder(folder, variable=variable)
        return ok("folder", f"{folder} can be written")

    return run_check("folder", check, hint="", full_hint=_full_hint(folder, variable))


def database(settings: StoreSettings) -> Finding:
    """Open the ledger, migrate its tables, and read from it."""

    def check() -> Finding:
        with closing(open_ledger(settings.resolved_database_url)) as ledger:
            ledger.migrate()
            return _assess(ledger)

    return run_check(
        "database",
        check,
        hint="check WHISPERFARM_DATABASE_URL and the data folder's owner",
        full_hint="free space on the disk of the ledger",
    )


def _assess(ledger: Ledger) -> Finding:
    unsafe = [name for name, value in ledger.durability().items() if value == "off"]
    if unsafe:
        text = f"answers, but {' and '.join(unsafe)} is off: a power cut may lose accepted jobs"
        return warn("database", text, hint="turn it on in postgresql.conf")
    return ok(
        "database",
        f"answers; {ledger.dispatch.count_unclaimed()} dispatched jobs are not claimed yet",
    )


def blobs(settings: StoreSettings) -> Finding:
    """Write, read and delete a few bytes."""

    def check() -> Finding:
        store, key = open_blobs(settings), f"doctor/{uuid.uuid4().hex}"
        store.check()
        store.put(key, b"whisperfarm")
        try:
            with store.open(key) as stored:
                same = stored.read() == b"whisperfarm"
        finally:
            store.delete(key)
        if not same:
            return fail("blobs", "a blob changed after it was written", hint="check the storage")
        return ok("blobs", "written, read and deleted")

    return run_check(
        "blobs",
        check,
        hint="check WHISPERFARM_BLOB_URL, its credentials or its owner",
        full_hint=_full_hint(settings.local_blobs_dir, "WHISPERFARM_BLOB_URL"),
    )


def disks(settings: StoreSettings) -> Iterator[Finding]:
    """Check the free space of the disks of the data folder and of the blobs' folder."""
    blobs_dir = settings.local_blobs_dir
    yield _disk(settings.data_dir, "WHISPERFARM_DATA_DIR")
    if blobs_dir is not None and not _same_disk(blobs_dir, settings.data_dir):
        yield _disk(blobs_dir, "WHISPERFARM_BLOB_URL")


def scratch(settings: WorkerSettings) -> Finding:
    """Check whether the disk of the data folder has more free space than a worker's reserve."""
    space = ScratchSpace(folder=settings.data_dir, reserve_bytes=settings.scratch_reserve_bytes)

    def check() -> Finding:
        space.check()
        return ok("scratch", "the disk has space for decoded audio, beside its reserve for uploads")

    return run_check("scratch", check, hint="a worker takes no jobs until then")


def _disk(folder: Path, variable: str) -> Finding:
    full_hint = _full_hint(folder, variable)

    def check() -> Finding:
        free_bytes = shutil.disk_usage(folder).free
        text = f"{free_bytes / 2**30:.1f} GiB free in {folder}"
        if free_bytes < _LOW_FREE_BYTES:
            return fail("disk", text, hint=full_hint)
        if free_bytes < _OK_FREE_BYTES:
            return warn("disk", text, hint="free disk space: an hour of 16 kHz audio takes 115 MB")
        return ok("disk", text)

    return run_check("disk", check, hint=f"set {variable} to a folder that exists")


def _same_disk(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False


def _full_hint(folder: Path | None, variable: str) -> str:
    if folder is None:
        return "free space on the S3 server, or raise the quota of the bucket"
    return f"free space on the disk of {folder}, or set {variable} to a folder on another disk"
