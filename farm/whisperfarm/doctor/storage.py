"""Checks of the storage: database, blobs, disk."""

import shutil
import uuid
from contextlib import closing

from whisperfarm.doctor.finding import Finding, fail, ok, run_check, warn
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings

_OK_FREE_BYTES = 5 * 2**30
_LOW_FREE_BYTES = 2**29


def database(settings: StoreSettings) -> Finding:
    """Open the ledger, migrate its tables, and read from it."""

    def check() -> Finding:
        with closing(open_ledger(settings.resolved_database_url)) as ledger:
            ledger.migrate()
            return _assess(ledger)

    return run_check(
        "database", check, hint="check WHISPERFARM_DATABASE_URL and the data folder's owner"
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
        "blobs", check, hint="check WHISPERFARM_BLOB_URL, its credentials or its owner"
    )


def disk(settings: StoreSettings) -> Finding:
    """Check the free space of the data folder: audio, results and temporary files need it."""
    free_bytes = shutil.disk_usage(settings.data_dir).free
    text = f"{free_bytes / 2**30:.1f} GiB free in {settings.data_dir}"
    if free_bytes < _LOW_FREE_BYTES:
        return fail(
            "disk", text, hint="free disk space, or set WHISPERFARM_DATA_DIR to another disk"
        )
    if free_bytes < _OK_FREE_BYTES:
        return warn("disk", text, hint="free disk space: an hour of 16 kHz audio takes 115 MB")
    return ok("disk", text)
