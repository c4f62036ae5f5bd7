"""Deletes blobs that no job needs.

These are uploads whose dispatcher died before the job was in the ledger, results of attempts whose
job was purged, corrected transcripts whose dispatcher died before their revision was in the ledger,
checkpoints of jobs that have ended, and recordings that arrived in part and no further.
"""

from collections.abc import Iterator
from itertools import groupby, islice

from whisperfarm_contract.identifiers import TRANSFERS_PREFIX, is_revision_key
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger

CHECKPOINTS_PREFIX = "checkpoints/"
PREFIXES = ("audio/", "results/", CHECKPOINTS_PREFIX)
"""Folders of blobs that belong to jobs, as `<folder>/<tenant>/<job>`. Others are not touched."""

OLDER_THAN_S = 24 * 3600.0
"""Younger blobs may belong to a job that is about to be inserted."""

TRANSFERS_OLDER_THAN_S = 30 * 24 * 3600.0
"""A chunk may wait longer for the next one: the link of an edge farm can be down for weeks."""

INTERVAL_S = 6 * 3600.0
BATCH_SIZE = 200


class OrphanCleanup:
    """Deletion of orphans. One run lists the whole blob store."""

    def __init__(self, ledger: Ledger, blobs: Blobs, *, older_than_s: float = OLDER_THAN_S) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._older_than_s = older_than_s

    def run_once(self) -> bool:
        """Delete all orphans. Returns False: nothing is left to do."""
        for key in self.find():
            self._blobs.delete(key)
            events.blobs.orphan_deleted.log(key=key)
        return False

    def find(self) -> Iterator[str]:
        """Yield the keys of all orphans. The caller may delete each before it takes the next."""
        for prefix in PREFIXES:
            old_keys = self._blobs.older_than(prefix, older_than_s=self._older_than_s)
            while keys := list(islice(old_keys, BATCH_SIZE)):
                yield from self._orphans(keys, include_finished=prefix == CHECKPOINTS_PREFIX)
        yield from self._blobs.older_than(TRANSFERS_PREFIX, older_than_s=TRANSFERS_OLDER_THAN_S)

    def _orphans(self, keys: list[str], *, include_finished: bool) -> Iterator[str]:
        job_keys = sorted((key for key in keys if key.count("/") > 1), key=_job_id)
        by_job = {job: list(its) for job, its in groupby(job_keys, key=_job_id)}
        orphans = by_job.keys() - self._ledger.jobs.existing(list(by_job))
        if include_finished:
            orphans |= self._ledger.jobs.finished_among(list(by_job))
        yield from (key for job in sorted(orphans) for key in by_job[job])
        yield from self._orphaned_revisions(
            [key for job, its in by_job.items() if job not in orphans for key in its]
        )

    def _orphaned_revisions(self, keys: list[str]) -> Iterator[str]:
        of_revisions = [key for key in keys if is_revision_key(key)]
        if of_revisions:
            in_use = self._ledger.revisions.keys_in_use(of_revisions)
            yield from (key for key in of_revisions if key not in in_use)


def _job_id(key: str) -> str:
    """Return the id of the job that a blob belongs to."""
    return key.split("/")[2]
