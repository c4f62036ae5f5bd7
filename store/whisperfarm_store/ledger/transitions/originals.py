"""Destroys the recordings of jobs with `originals=destroy`, in the transaction of the caller.

Decision 0266 says when.
"""

from sqlalchemy import Connection

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.transitions.erase import BY_RETENTION, Artifact, begin_erasure

ON_REQUEST = "originals=destroy"
"""The reason of these deletions."""

_AT_THE_END = (JobState.SUCCEEDED, JobState.CANCELLED)


def destroy_original(connection: Connection, job: Job, *, is_copied: bool = False) -> None:
    """Begin the deletion of the recording of a job that has ended, if its caller asked for it.

    A job with a legal hold keeps it until the hold is lifted, and a failed one until it is due, or
    until another job has a copy of it.
    """
    may_be_retried = job.state not in _AT_THE_END and not is_copied
    if job.options.destroys_originals and job.hold is None and not may_be_retried:
        begin_erasure(connection, "audio", job.id, ON_REQUEST)


def reason_at_due_time(artifact: Artifact, job: Job) -> str:
    """Return the reason of a deletion at the end of a period."""
    is_destroyed = artifact == "audio" and job.options.destroys_originals
    return ON_REQUEST if is_destroyed else BY_RETENTION
