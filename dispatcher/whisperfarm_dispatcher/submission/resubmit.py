"""Runs a quarantined job again."""

from collections.abc import Callable
from dataclasses import replace

from whisperfarm_contract.identifiers import audio_key
from whisperfarm_contract.job import SUSPECT_FROM_KILLS, Job
from whisperfarm_contract.problems import JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.submission.job_ids import new_job_id
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger


def release(
    ledger: Ledger, blobs: Blobs, job_id: str, *, new_id: Callable[[], str] = new_job_id
) -> Job:
    """Submit a new job with the recording, options and policy of a quarantined one.

    It is a new job because final states are final. It starts as a suspect, so it runs alone. Raises
    `JobUnknown` if the job is not in quarantine, and `BlobMissing` if its recording was deleted.
    """
    kept = ledger.get(job_id)
    successor = _successor(kept, new_id())
    _copy(blobs, kept.audio.key, successor.audio.key)
    try:
        return ledger.release_quarantined(job_id, successor)
    except JobUnknown:
        # After any other error the new job may have been inserted, and then needs its audio.
        blobs.delete(successor.audio.key)
        raise


def _successor(kept: Job, job_id: str) -> Job:
    return replace(
        kept,
        id=job_id,
        state=State.QUEUED,
        audio=replace(kept.audio, key=audio_key(kept.tenant, job_id)),
        kills=SUSPECT_FROM_KILLS,
        problem=None,
        cancel_asked=False,
    )


def _copy(blobs: Blobs, source: str, to: str) -> None:
    with blobs.open(source) as file, blobs.writer(to) as copy:
        while block := file.read(BLOCK_BYTES):
            copy.write(block)
