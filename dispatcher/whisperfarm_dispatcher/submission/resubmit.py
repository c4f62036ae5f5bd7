"""Runs a quarantined job again."""

from collections.abc import Callable
from dataclasses import replace

from whisperfarm_contract.identifiers import audio_key
from whisperfarm_contract.job import SUSPECT_AFTER_DEATHS, Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.submission.job_ids import new_job_id
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger


def retry_quarantined(
    ledger: Ledger, blobs: Blobs, job_id: str, *, new_id: Callable[[], str] = new_job_id
) -> Job:
    """Submit a new job with the recording, options and policy of a quarantined one.

    It is a new job because final states are final. It starts as a suspect, so it runs alone. Raises
    `JobNotFound` if the job is not in quarantine, and `BlobNotFound` if its recording was deleted.
    """
    quarantined = ledger.jobs.get(job_id)
    successor = _copy_of(quarantined, new_id())
    _copy_blob(blobs, quarantined.audio.key, successor.audio.key)
    try:
        return ledger.jobs.retry_quarantined(job_id, successor)
    except JobNotFound:
        # After any other error the new job may have been inserted, and then needs its audio.
        blobs.delete(successor.audio.key)
        raise


def _copy_of(quarantined: Job, job_id: str) -> Job:
    return replace(
        quarantined,
        id=job_id,
        state=JobState.QUEUED,
        audio=replace(quarantined.audio, key=audio_key(quarantined.tenant, job_id)),
        worker_deaths=SUSPECT_AFTER_DEATHS,
        problem=None,
        cancel_requested=False,
    )


def _copy_blob(blobs: Blobs, source: str, target: str) -> None:
    with blobs.open(source) as file, blobs.writer(target) as copy:
        while block := file.read(BLOCK_BYTES):
            copy.write(block)
