"""Leaves only what is redacted of jobs whose caller has the originals destroyed (decision 0266)."""

from dataclasses import dataclass, field, replace

from whisperfarm_contract.job import Job
from whisperfarm_contract.options import Options
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.deletion import delete_original
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.redaction.kinds import KINDS, Kinds
from whisperfarm_store.redaction.originals import kinds_to_destroy
from whisperfarm_store.redaction.view import redact
from whisperfarm_worker.attempt.result import Result


@dataclass(frozen=True, slots=True)
class Originals:
    """The texts and recordings of a ledger's jobs. `known_kinds` are what this worker finds."""

    ledger: Ledger
    blobs: Blobs
    known_kinds: Kinds = field(default_factory=lambda: KINDS)

    def without(self, result: Result, options: Options) -> Result:
        """Return what may be stored of a result: the redacted transcript, and no peaks."""
        kinds = kinds_to_destroy(options, self.known_kinds)
        return (
            replace(result, transcript=redact(result.transcript, kinds), peaks=None)
            if kinds
            else result
        )

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
