"""Deletes the blobs of a job, once the ledger has decided that they may be deleted."""

from whisperfarm_contract.identifiers import checkpoints_prefix, results_prefix
from whisperfarm_contract.job import Job
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import ARTIFACTS, Artifact, Ledger


def erase(ledger: Ledger, blobs: Blobs, job_id: str, *, tenant: str, reason: str) -> Job:
    """Delete the recording and the transcripts of a job that has ended, and return the job.

    If the process dies, retention completes it. Raises like `Erasures.request`.
    """
    job = ledger.erasures.request(job_id, tenant=tenant, reason=reason)
    for artifact in ARTIFACTS:
        delete_blobs(ledger, blobs, job, artifact)
    return ledger.jobs.get(job_id, tenant=tenant)


def delete_blobs(ledger: Ledger, blobs: Blobs, job: Job, artifact: Artifact) -> None:
    """Delete the blobs, and then record it: if the process dies before, they are deleted again."""
    for key in _keys(blobs, job, artifact):
        blobs.delete(key)
    ledger.retention.mark_deleted(artifact, job.id)


def _keys(blobs: Blobs, job: Job, artifact: Artifact) -> list[str]:
    if artifact == "audio":
        return [job.audio.key]
    prefixes = (results_prefix(job.tenant, job.id), checkpoints_prefix(job.tenant, job.id))
    return [key for prefix in prefixes for key in blobs.keys(prefix)]
