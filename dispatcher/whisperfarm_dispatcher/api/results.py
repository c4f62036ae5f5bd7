"""The outcome of a job: a revision of its transcript in a format, or its problem."""

import json
from dataclasses import replace

from whisperfarm_contract import problems
from whisperfarm_contract.formats import Format, SubtitleOptions
from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    JobCancelled,
    JobNotFinished,
    Problem,
    RecordingExpired,
    ResultExpired,
    ServerError,
)
from whisperfarm_contract.revisions.revision import (
    Revision,
    RevisionKind,
    default_revision,
    get_revision,
)
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import Transcript
from whisperfarm_contract.transcript import from_wire as transcript_from_wire
from whisperfarm_dispatcher.api.documents import Document
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.redaction.kinds import Kinds
from whisperfarm_store.redaction.view import redact, redact_job

RETRY_AFTER_S = 2
"""`Retry-After` for the result of a job that has not ended."""


def choose_revision(ledger: Ledger, job: Job, number: int | None = None) -> Revision:
    """Return the revision of this number, or the default one of the job's transcript.

    Raises `RevisionNotFound`, and like `check_succeeded`.
    """
    check_succeeded(job)
    known = ledger.revisions.list(job)
    return default_revision(known) if number is None else get_revision(known, number)


def render(
    blobs: Blobs,
    job: Job,
    revision: Revision,
    *,
    format: Format | Document,
    subtitles: SubtitleOptions,
    redacted_kinds: Kinds | None = None,
) -> bytes:
    """Return a revision in a format, with data of these kinds masked; text is UTF-8.

    The blob has the `json` format, and is returned unchanged if nothing is to be masked or marked.
    Raises `BlobNotFound`, and like `check_kept`.
    """
    warning = _approval_warning(job, revision)
    if isinstance(format, Json) and not redacted_kinds and warning is None:
        return _stored(blobs, job, revision)
    found = transcript(blobs, job, revision)
    if warning is not None:
        found = replace(found, warnings=(*found.warnings, warning))
    if redacted_kinds:
        found, job = redact(found, redacted_kinds), redact_job(job, redacted_kinds)
    if isinstance(format, Document):
        return format.render_document(found, job)
    return format.render(found, subtitles).encode()


def transcript(blobs: Blobs, job: Job, revision: Revision) -> Transcript:
    """Return the transcript of a revision. Raises like `render`."""
    return transcript_from_wire(json.loads(_stored(blobs, job, revision)))


def presigned_url(blobs: Blobs, job: Job, revision: Revision, *, expires_s: int) -> str | None:
    """Return a URL that serves the transcript as JSON, without a key, for `expires_s` seconds.

    Returns `None` if the blob store has no links. Raises like `check_kept`.
    """
    check_kept(job)
    return blobs.presigned_url(revision.key, expires_s=expires_s)


def check_succeeded(job: Job) -> None:
    """Raise `JobNotFinished`, `JobCancelled`, or the problem of a job that failed."""
    if job.state is not JobState.SUCCEEDED or job.result_key is None:
        raise _problem_of(job)


def check_kept(job: Job) -> None:
    """Raise `ResultExpired` if the farm has deleted the transcripts of the job."""
    if job.result_deleted_at is not None:
        raise ResultExpired(
            f"the transcript of job {job.id} was deleted, on request or at the end of its"
            " retention period; submit the recording again"
        )


def recording_expired(job: Job) -> RecordingExpired:
    """Return the problem of a recording that was deleted, and says why."""
    if not job.options.destroys_originals:
        return RecordingExpired(f"the recording of job {job.id} was deleted")
    return RecordingExpired(
        f"the recording of job {job.id} was destroyed on request (originals=destroy); get the"
        f" redacted one with redact={job.options.redact}"
    )


def _approval_warning(job: Job, revision: Revision) -> str | None:
    if job.approval is None or revision.kind is RevisionKind.APPROVED:
        return None
    return f"revision {revision.number} of this transcript is not approved"


def _stored(blobs: Blobs, job: Job, revision: Revision) -> bytes:
    check_kept(job)
    with blobs.open(revision.key) as file:
        return file.read()


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
