"""The voices of the speakers of a job. They live as long as its transcript."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from whisperfarm_contract.problems import SpeakerNotFound
from whisperfarm_contract.voices import Voice
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import job_voices, jobs


def keep_voices(connection: Connection, job_id: str, voices: Sequence[Voice]) -> None:
    """Keep the voices of a job, in the transaction that ends it."""
    if voices:
        rows = [{"job_id": job_id, **asdict(one)} for one in voices]
        connection.execute(insert(job_voices), rows)


def forget_voices(connection: Connection, job_id: str) -> None:
    """Delete the voices of a job, in the transaction that deletes its transcript."""
    connection.execute(delete(job_voices).where(job_voices.c.job_id == job_id))


def read_voice(connection: Connection, job_id: str, speaker: str, *, tenant: str) -> Voice:
    """Return the voice of a speaker. Raises `JobNotFound` or `SpeakerNotFound`."""
    load_job(connection, job_id, tenant=tenant)
    columns = [column for column in job_voices.c if column.name != "job_id"]
    query = select(*columns).join(jobs, jobs.c.id == job_voices.c.job_id)
    mine = query.where(job_voices.c.job_id == job_id, jobs.c.tenant == tenant)
    row = connection.execute(mine.where(job_voices.c.speaker == speaker)).mappings().one_or_none()
    if row is None:
        raise SpeakerNotFound(
            f"job {job_id} has no voice of {speaker!r}: the voices of a job are kept with"
            " keep_voices=true, of speakers who speak for at least two seconds alone, as long as"
            " its transcript"
        )
    return Voice(**{**row, "embedding": tuple(row["embedding"])})
