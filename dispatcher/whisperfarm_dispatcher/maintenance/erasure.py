"""Erases a job at the request of its caller."""

from whisperfarm_contract.job import Job
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.deletion import delete_blobs
from whisperfarm_store.ledger import ARTIFACTS, Ledger


def erase(ledger: Ledger, blobs: Blobs, job_id: str, *, tenant: str, reason: str) -> Job:
    """Delete the recording and the transcripts of a job that has ended, and return the job.

    If the process dies, retention completes it. Raises like `Erasures.request`.
    """
    job = ledger.erasures.request(job_id, tenant=tenant, reason=reason)
    for artifact in ARTIFACTS:
        delete_blobs(ledger, blobs, job, artifact)
    return ledger.jobs.get(job_id, tenant=tenant)
