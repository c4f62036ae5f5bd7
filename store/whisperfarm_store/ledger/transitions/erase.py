"""Begins and ends deletions of a job's blobs, in the transaction of the caller."""

from typing import Literal, get_args

from sqlalchemy import Column, Connection, delete, select, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFinished, JobOnHold
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import erasures, jobs, transcript_texts
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.speakers.job_voices import forget_voices

Artifact = Literal["audio", "results"]
ARTIFACTS: tuple[Artifact, ...] = get_args(Artifact)

BY_RETENTION = "retention"
"""The reason of deletions after a period; those at the request of a caller have the caller's."""

DELETED_AT: dict[Artifact, Column[float | None]] = {
    "audio": jobs.c.audio_deleted_at,
    "results": jobs.c.result_deleted_at,
}


def check_erasable(job: Job) -> None:
    """Raise `JobOnHold` or `JobNotFinished` if the job must be kept."""
    if job.hold is not None:
        raise JobOnHold(
            f"job {job.id} has a legal hold ({job.hold.reason}); nothing was deleted. Lift the hold"
            " first"
        )
    if not job.state.is_final:
        raise JobNotFinished(
            f"job {job.id} is {job.state.value}; cancel it first, or wait until it has ended"
        )


def begin_erasure(connection: Connection, artifact: Artifact, job_id: str, reason: str) -> bool:
    """Begin the deletion, in a transaction that has locked the job. Returns False if it was made
    before."""
    if connection.scalar(select(DELETED_AT[artifact]).where(jobs.c.id == job_id)) is not None:
        return False
    row = {"job_id": job_id, "artifact": artifact, "reason": reason, "begun_at": now_s()}
    connection.execute(upsert(connection, erasures).values(row).on_conflict_do_nothing())
    if artifact == "results":
        forget_text(connection, job_id)
        forget_voices(connection, job_id)
    return True


def end_erasure(connection: Connection, artifact: Artifact, job_id: str) -> str:
    """Delete the row of an erasure whose blobs are deleted. Returns its reason."""
    key = (erasures.c.job_id == job_id, erasures.c.artifact == artifact)
    ended = delete(erasures).where(*key).returning(erasures.c.reason)
    return connection.scalar(ended) or BY_RETENTION


def forget_text(connection: Connection, job_id: str) -> None:
    """Remove the text of a transcript from the index of the search. If the transcript stays, it is
    indexed again."""
    connection.execute(delete(transcript_texts).where(transcript_texts.c.job_id == job_id))
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(text_revision=None))
