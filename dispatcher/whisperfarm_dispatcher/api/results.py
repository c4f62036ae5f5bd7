"""The outcome of a job: its transcript in a format, or its problem."""

import json
from collections.abc import Sequence

from whisperfarm_contract import problems
from whisperfarm_contract.formats import Format, SubtitleOptions
from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    JobCancelled,
    JobNotFinished,
    Problem,
    ResultExpired,
    ServerError,
)
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import Transcript
from whisperfarm_contract.transcript import from_wire as transcript_from_wire
from whisperfarm_dispatcher.api.documents import Document
from whisperfarm_dispatcher.redaction.view import redact, redact_job
from whisperfarm_store.blobs import Blobs

RETRY_AFTER_S = 2
"""`Retry-After` for the result of a job that has not ended."""


def render(
    blobs: Blobs,
    job: Job,
    *,
    format: Format | Document,
    subtitles: SubtitleOptions,
    redacted_kinds: Sequence[str] = (),
) -> bytes:
    """Return the transcript of a job in a format, with data of these kinds masked; text is UTF-8.

    The worker stores the `json` format, which is returned unchanged if nothing is to be masked.
    Raises `BlobNotFound`, and like `presigned_url`.
    """
    if isinstance(format, Json) and not redacted_kinds:
        return _stored(blobs, job)
    found = transcript(blobs, job)
    if redacted_kinds:
        found, job = redact(found, redacted_kinds), redact_job(job, redacted_kinds)
    if isinstance(format, Document):
        return format.render_document(found, job)
    return format.render(found, subtitles).encode()


def transcript(blobs: Blobs, job: Job) -> Transcript:
    """Return the transcript of a job. Raises like `render`."""
    return transcript_from_wire(json.loads(_stored(blobs, job)))


def presigned_url(blobs: Blobs, job: Job, *, expires_s: int) -> str | None:
    """Return a URL that serves the transcript as JSON, without a key, for `expires_s` seconds.

    Returns `None` if the blob store has no links. Raises `JobNotFinished`, `JobCancelled`,
    `ResultExpired`, or the problem of a job that failed.
    """
    return blobs.presigned_url(_result_key(job), expires_s=expires_s)


def _stored(blobs: Blobs, job: Job) -> bytes:
    with blobs.open(_result_key(job)) as file:
        return file.read()


def _result_key(job: Job) -> str:
    if job.result_deleted_at is not None:
        raise ResultExpired(
            f"the transcript of job {job.id} has passed its retention period and was deleted;"
            " submit the recording again"
        )
    if job.state is JobState.SUCCEEDED and job.result_key is not None:
        return job.result_key
    raise _problem_of(job)


def _problem_of(job: Job) -> Problem:
    if not job.state.is_final:
        return JobNotFinished(
            f"job {job.id} is {job.state.value}; retry once it has ended",
            retry_after_s=RETRY_AFTER_S,
        )
    if job.problem is not None:
        return problems.from_wire(job.problem)
    if job.state is JobState.CANCELLED:
        return JobCancelled(f"job {job.id} was cancelled")
    return ServerError(f"job {job.id} has {job.state.value} without a recorded problem")
