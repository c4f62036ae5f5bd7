"""Indexes the texts of transcripts, so that jobs are found by them.

The rows of jobs say what is left to do: an interrupted run, or a lost dispatcher, costs nothing.
"""

import json

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.revisions.revision import default_revision
from whisperfarm_contract.transcript import from_wire
from whisperfarm_store import events
from whisperfarm_store.blobs import BlobDamaged, BlobNotFound, Blobs
from whisperfarm_store.ledger import Ledger

INTERVAL_S = 1.0
BATCH_SIZE = 50


class TextIndex:
    """The index of the default revision of each transcript."""

    def __init__(self, ledger: Ledger, blobs: Blobs) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self.count = 0

    def run_once(self) -> bool:
        """Index some transcripts, and add their number to `count`. Returns whether there may be
        more."""
        pending = self._ledger.texts.list_pending(limit=BATCH_SIZE)
        for job in pending:
            self.count += self._index(job)
        return len(pending) == BATCH_SIZE

    def _index(self, job: Job) -> bool:
        revision = default_revision(self._ledger.revisions.list(job))
        text = self._text(job, revision.key)
        try:
            return self._ledger.texts.write(job, revision=revision.number, text=text)
        except JobNotFound:  # deleted in the meantime
            return False

    def _text(self, job: Job, key: str) -> str:
        """Return the text; an empty one if the blob is lost, so that it is not read again."""
        try:
            with self._blobs.open(key) as file:
                transcript = from_wire(json.load(file))
        except (BlobNotFound, BlobDamaged, ValueError, LookupError, TypeError) as error:
            events.revision.index_failed.log(job=job.id, error=type(error).__name__)
            return ""
        return "\n".join(segment.text.strip() for segment in transcript.segments)
