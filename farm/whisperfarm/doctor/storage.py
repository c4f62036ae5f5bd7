"""Checks of the storage: database, blobs, disk."""

import shutil
import uuid
from contextlib import closing

from whisperfarm.doctor.finding import Finding, bad, good, guarded, note
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings

_ROOMY_BYTES = 5 * 2**30
_TIGHT_BYTES = 2**29


def database(settings: StoreSettings) -> Finding:
    """Open the ledger, migrate its tables, and read from it."""

    def look() -> Finding:
        with closing(open_ledger(settings.ledger_url)) as ledger:
            ledger.migrate()
            return _judged(ledger)

    return guarded(
        "database", look, mend="check WHISPERFARM_DATABASE_URL and the data folder's owner"
    )


def _judged(ledger: Ledger) -> Finding:
    careless = [name for name, value in ledger.durability().items() if value == "off"]
    if careless:
        text = f"answers, but {' and '.join(careless)} is off: a power cut may lose accepted jobs"
        return note("database", text, mend="turn it on in postgresql.conf")
    return good("database", f"answers; {ledger.outstanding()} dispatched jobs are not claimed yet")


def blobs(settings: StoreSettings) -> Finding:
    """Write, read and delete a few bytes."""

    def look() -> Finding:
        store, key = open_blobs(settings), f"doctor/{uuid.uuid4().hex}"
        store.check()
        store.put(key, b"whisperfarm")
        try:
            with store.open(key) as stored:
                same = stored.read() == b"whisperfarm"
        finally:
            store.delete(key)
        if not same:
            return bad("blobs", "a blob changed after it was written", mend="check the storage")
        return good("blobs", "written, read and deleted")

    return guarded("blobs", look, mend="check WHISPERFARM_BLOB_URL, its credentials or its owner")


def disk(settings: StoreSettings) -> Finding:
    """Check the free space of the data folder: audio, results and temporary files need it."""
    free_bytes = shutil.disk_usage(settings.data_dir).free
    text = f"{free_bytes / 2**30:.1f} GiB free in {settings.data_dir}"
    if free_bytes < _TIGHT_BYTES:
        return bad(
            "disk", text, mend="free disk space, or set WHISPERFARM_DATA_DIR to another disk"
        )
    if free_bytes < _ROOMY_BYTES:
        return note("disk", text, mend="free disk space: an hour of 16 kHz audio takes 115 MB")
    return good("disk", text)
