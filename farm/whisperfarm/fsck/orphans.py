"""Finds blobs that no job needs."""

from collections.abc import Iterator

from whisperfarm.fsck.inconsistency import Inconsistency, Kind
from whisperfarm.fsck.presence import is_present
from whisperfarm.progress import Progress
from whisperfarm_dispatcher.maintenance.orphans import OLDER_THAN_S, OrphanCleanup
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger


def find_orphans(
    ledger: Ledger, blobs: Blobs, progress: Progress, *, older_than_s: float = OLDER_THAN_S
) -> Iterator[Inconsistency]:
    """Yield the blobs that the dispatcher's cleanup would delete as well.

    A blob that was deleted meanwhile is none: retention deletes blobs before it deletes their job.
    """
    cleanup = OrphanCleanup(ledger, blobs, older_than_s=older_than_s)
    for key in cleanup.find():
        progress.advance()
        if is_present(blobs, key):
            yield Inconsistency(Kind.ORPHAN, key, None, "no job needs it")
