"""Deletes blobs that no job needs.

These are uploads whose dispatcher died before the job was in the ledger, results of attempts whose
job was purged, and checkpoints of jobs that have ended.
"""

from collections.abc import Iterator
from itertools import groupby, islice

from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger

CHECKPOINTS = "checkpoints/"
FOLDERS = ("audio/", "results/", CHECKPOINTS)
"""Folders of blobs that belong to jobs, as `<folder>/<tenant>/<job>`. Others are not touched."""

OLDER_THAN_S = 24 * 3600.0
"""Younger blobs may belong to a job that is about to be inserted."""

EVERY_S = 6 * 3600.0
AT_ONCE = 200


class Orphans:
    """Deletion of orphans. One run lists the whole blob store."""

    def __init__(self, ledger: Ledger, blobs: Blobs, *, older_than_s: float = OLDER_THAN_S) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._older_than_s = older_than_s

    def run_once(self) -> bool:
        """Delete all orphans. Returns False: nothing is left to do."""
        for folder in FOLDERS:
            old = self._blobs.aged(folder, older_than_s=self._older_than_s)
            while keys := list(islice(old, AT_ONCE)):
                self._delete_orphans(keys, of_ended=folder == CHECKPOINTS)
        return False

    def _delete_orphans(self, keys: list[str], *, of_ended: bool) -> None:
        ours = sorted((key for key in keys if key.count("/") > 1), key=_job)
        by_job = {job: list(its) for job, its in groupby(ours, key=_job)}
        orphans = by_job.keys() - self._ledger.known(list(by_job))
        if of_ended:
            orphans |= self._ledger.ended(list(by_job))
        for key in _of(by_job, orphans):
            self._blobs.delete(key)
            events.blobs.orphan_deleted.log(key=key)


def _of(by_job: dict[str, list[str]], jobs: set[str]) -> Iterator[str]:
    return (key for job in sorted(jobs) for key in by_job[job])


def _job(key: str) -> str:
    """Return the id of the job that a blob belongs to."""
    return key.split("/")[2]
