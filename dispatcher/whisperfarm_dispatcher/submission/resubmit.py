"""Runs a job that failed or was cancelled again, as a new job with the stored recording."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from whisperfarm_contract.identifiers import audio_key
from whisperfarm_contract.job import SUSPECT_AFTER_DEATHS, Job
from whisperfarm_contract.problems import (
    ClientError,
    FarmBusy,
    JobNotFinished,
    JobNotFound,
    JobNotRetryable,
    JobQuarantined,
    RecordingExpired,
    StorageFull,
)
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission import job_request, submit
from whisperfarm_dispatcher.submission.daily_quota import NO_KEY, KeyQuota
from whisperfarm_dispatcher.submission.job_ids import new_job_id
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES
from whisperfarm_store.blobs import BlobNotFound, Blobs
from whisperfarm_store.ledger import Idempotency, Ledger, Origin

RETRY_AFTER_S = 2
"""`Retry-After` for the retry of a job that has not ended."""


def retry(
    deps: Dependencies,
    job: Job,
    *,
    preset: str | None = None,
    idempotency_key: str | None = None,
    origin: Origin = submit.FROM_HTTP,
    key: KeyQuota = NO_KEY,
    new_id: Callable[[], str] = new_job_id,
) -> Job:
    """Submit a new job with the recording, options, policy and labels of one that has ended.

    With `preset`, the job may have succeeded, and the new one has that preset, and neither deadline
    nor callback: no caller waits for it. It is a new job because final states are final. It need
    not be polled. It is a suspect from the start if the other one was a suspect or quarantined.
    Raises `JobNotFinished`, `JobNotRetryable`, `RecordingExpired`, `UnknownModel`,
    `UnknownLanguage`, `IdempotencyConflict`, `StorageFull`, and `FarmBusy` above a limit.
    """
    _check_retryable(job, preset)
    original = job if preset is None else _with_preset(job, preset)
    chosen = job_request.get_preset(original.preset, deps.presets)
    job_request.check_preset(original.options, chosen)
    deps.backlog.check(job.tenant, idempotency_key, preset=chosen.name, key=key)
    successor = _copy_of(original, new_id(), key_id=key.key_id)
    _copy_recording(deps.blobs, job, successor)
    try:
        with deps.backlog.reserve(successor, idempotency_key, key=key):
            inserted = deps.ledger.jobs.retry(
                job.id,
                successor,
                idempotency=_idempotency(job, preset, idempotency_key),
                origin=origin,
                forward=deps.settings.is_forwarded(successor),
            )
    except (ClientError, StorageFull, FarmBusy):
        # After any other error the new job may have been inserted, and then needs its audio.
        deps.blobs.delete(successor.audio.key)
        raise
    if inserted.id != successor.id:
        deps.blobs.delete(successor.audio.key)
    deps.jobs_available.set()
    submit.log_accepted(inserted, origin.ingress, is_duplicate=inserted.id != successor.id)
    return inserted


def retry_quarantined(
    ledger: Ledger, blobs: Blobs, job_id: str, *, new_id: Callable[[], str] = new_job_id
) -> Job:
    """Submit a quarantined job again, whatever the limits of the backlog are.

    The new job is the operator's, and counts for no key.
    Raises `JobNotFound` if the job is not in quarantine, and `RecordingExpired` if its recording
    was deleted.
    """
    quarantined = ledger.jobs.get(job_id)
    successor = _copy_of(quarantined, new_id(), key_id=None)
    _copy_recording(blobs, quarantined, successor)
    try:
        return ledger.jobs.retry_quarantined(job_id, successor)
    except JobNotFound:
        # After any other error the new job may have been inserted, and then needs its audio.
        blobs.delete(successor.audio.key)
        raise


def _with_preset(job: Job, preset: str) -> Job:
    return replace(
        job,
        preset=preset,
        options=replace(job.options, model=preset, quality=None, noisy=None),
        policy=replace(job.policy, deadline_s=None, callback_url=None),
        reply_to=None,
    )


def _check_retryable(job: Job, preset: str | None) -> None:
    if not job.state.is_final:
        raise JobNotFinished(
            f"job {job.id} is {job.state.value}; cancel it first, or wait until it has ended",
            retry_after_s=RETRY_AFTER_S,
        )
    if job.state is JobState.SUCCEEDED and preset is None:
        raise JobNotRetryable(
            f"job {job.id} has succeeded; get its transcript, or submit the recording again"
        )


def _idempotency(job: Job, preset: str | None, key: str | None) -> Idempotency | None:
    how = "" if preset is None else f" with {preset}"
    fingerprint = sha256(f"retry of {job.id}{how}".encode()).hexdigest()
    return None if key is None else Idempotency(key=key, fingerprint=fingerprint)


def _copy_of(job: Job, job_id: str, *, key_id: str | None) -> Job:
    return replace(
        job,
        id=job_id,
        key_id=key_id,
        state=JobState.QUEUED,
        # The caller that polled the other job may be gone.
        policy=replace(job.policy, cancel_unless_polled_s=None),
        audio=replace(job.audio, key=audio_key(job.tenant, job_id)),
        worker_deaths=SUSPECT_AFTER_DEATHS if _is_suspect(job) else 0,
        problem=None,
        cancel_requested=False,
    )


def _is_suspect(job: Job) -> bool:
    is_quarantined = (job.problem or {}).get("name") == JobQuarantined.name
    return is_quarantined or job.worker_deaths >= SUSPECT_AFTER_DEATHS


def _copy_recording(blobs: Blobs, job: Job, successor: Job) -> None:
    try:
        _copy_blob(blobs, job.audio.key, successor.audio.key)
    except BlobNotFound as error:
        how = "destroyed on request" if job.options.destroys_originals else "deleted"
        raise RecordingExpired(
            f"the recording of job {job.id} was {how}; submit it again as a new job"
        ) from error


def _copy_blob(blobs: Blobs, source: str, target: str) -> None:
    with blobs.open(source) as file, blobs.writer(target) as copy:
        while block := file.read(BLOCK_BYTES):
            copy.write(block)
