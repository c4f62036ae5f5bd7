"""What became of a job: its transcript in the format that is asked for, or its problem."""

import json

from whisperfarm_contract import transcript
from whisperfarm_contract.formats import Format, Layout
from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    FarmFault,
    JobCancelled,
    JobNotFinished,
    Problem,
    ResultExpired,
    from_wire,
)
from whisperfarm_contract.states import State
from whisperfarm_store.blobs import Blobs

ASK_AGAIN_S = 2
"""When to ask again for the result of a job that has not ended."""


def rendered(blobs: Blobs, job: Job, *, format: Format, layout: Layout) -> bytes:
    """The transcript of a job, as a whole file in UTF-8.

    The worker stores the `json` format, so that one is sent as it is stored.

    Raises `JobNotFinished`, the problem of a job that failed, `JobCancelled`, `BlobMissing`.
    """
    with blobs.open(_result_key(job)) as file:
        stored = file.read()
    if isinstance(format, Json):
        return stored
    return format.render(transcript.from_wire(json.loads(stored)), layout).encode()


def link(blobs: Blobs, job: Job, *, expires_s: int) -> str | None:
    """Where anybody can fetch the transcript as JSON for so long; `None` where blobs have no links.

    Raises `JobNotFinished`, the problem of a job that failed, `JobCancelled`.
    """
    return blobs.link(_result_key(job), expires_s=expires_s)


def _result_key(job: Job) -> str:
    if job.swept_at is not None:
        raise ResultExpired(f"the transcript of the job {job.id} was deleted because it was old")
    if job.state is State.SUCCEEDED and job.result_key is not None:
        return job.result_key
    raise _reason(job)


def _reason(job: Job) -> Problem:
    if not job.state.is_final:
        return JobNotFinished(
            f"the job {job.id} is {job.state.value}; ask again later", retry_after_s=ASK_AGAIN_S
        )
    if job.problem is not None:
        return from_wire(job.problem)
    if job.state is State.CANCELLED:
        return JobCancelled(f"the job {job.id} was cancelled")
    return FarmFault(f"the job {job.id} has {job.state.value} and there is no word of why")
