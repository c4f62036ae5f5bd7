"""Deletes the blobs of a job, once the ledger has decided that they may be deleted."""

from collections.abc import Iterator

from whisperfarm_contract.identifiers import (
    checkpoints_prefix,
    results_prefix,
    transfer_of_key,
    transfer_prefix,
)
from whisperfarm_contract.job import Job
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Artifact, Ledger


def delete_blobs(ledger: Ledger, blobs: Blobs, job: Job, artifact: Artifact) -> None:
    """Delete the blobs, and then record it: if the process dies before, they are deleted again."""
    for key in list(_keys(ledger, blobs, job, artifact)):
        blobs.delete(key)
    ledger.retention.mark_deleted(artifact, job.id)


def delete_original(ledger: Ledger, blobs: Blobs, job: Job) -> None:
    """Delete the recording of a job that has ended, if the ledger has decided that."""
    if ledger.erasures.has_begun("audio", job.id):
        delete_blobs(ledger, blobs, job, "audio")


def _keys(ledger: Ledger, blobs: Blobs, job: Job, artifact: Artifact) -> Iterator[str]:
    if artifact == "audio":
        yield job.audio.key
        yield from _chunks(ledger, blobs, job)
        return
    for prefix in (results_prefix(job.tenant, job.id), checkpoints_prefix(job.tenant, job.id)):
        yield from blobs.keys(prefix)


def _chunks(ledger: Ledger, blobs: Blobs, job: Job) -> Iterator[str]:
    """Yield what a dispatcher that died left of the transfer of the recording."""
    for key in ledger.jobs.idempotency_keys(job.id):
        transfer_id = transfer_of_key(key)
        if transfer_id is not None:
            yield from blobs.keys(transfer_prefix(job.tenant, transfer_id))
