"""Deleting blobs that no job needs.

Uploads whose dispatcher was killed before the job was in the ledger, what attempts wrote after
their job was forgotten, and checkpoints of jobs that ended.
"""

from collections.abc import Iterator
from itertools import groupby, islice

from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger

CHECKPOINTS = "checkpoints/"
FOLDERS = ("audio/", "results/", CHECKPOINTS)
"""What belongs to jobs: `<folder>/<tenant>/<job>`, and what is below. Nothing else is touched."""

OLDER_THAN_S = 24 * 3600.0
"""Younger ones may belong to a job that is about to be entered."""

EVERY_S = 6 * 3600.0
AT_ONCE = 200


class Orphans:
    """One round looks through the whole store."""

    def __init__(self, ledger: Ledger, blobs: Blobs, *, older_than_s: float = OLDER_THAN_S) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._older_than_s = older_than_s

    def run_once(self) -> bool:
        """Delete what no job needs. Never more to do at once."""
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
    """The id of the job that a blob belongs to."""
    return key.split("/")[2]
