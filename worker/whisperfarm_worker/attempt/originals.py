"""Deletes the recordings of jobs that have ended and of which only the redacted one stays."""

from dataclasses import dataclass

from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.deletion import delete_original
from whisperfarm_store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Originals:
    """The recordings of a ledger's jobs."""

    ledger: Ledger
    blobs: Blobs

    def delete(self, job: Job) -> None:
        """Delete the recording of the job, if the ledger has decided that.

        Errors are logged: retention completes the deletion.
        """
        if not job.options.destroys_originals:
            return
        try:
            delete_original(self.ledger, self.blobs, job)
        except Exception as error:
            events.job.original_delete_failed.log(job=job.id, error=type(error).__name__)
