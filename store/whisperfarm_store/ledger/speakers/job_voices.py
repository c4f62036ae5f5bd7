"""The voices of the speakers of a job. They live as long as its transcript."""

from collections.abc import Sequence, Set
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from whisperfarm_contract.channel_names import is_name_of_farm
from whisperfarm_contract.problems import SpeakerNotFound
from whisperfarm_contract.voices import Voice
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import job_voices, jobs, speakers
from whisperfarm_store.ledger.speakers.speaker import is_valid


def keep_voices(connection: Connection, job_id: str, voices: Sequence[Voice]) -> None:
    """Keep the voices of a job, in the transaction that ends it.

    Those with the name of a person that was erased during the attempt are left out.
    """
    names = {one.speaker for one in voices if not is_name_of_farm(one.speaker)}
    erased = names - _enrolled(connection, job_id, names) if names else set()
    rows = [{"job_id": job_id, **asdict(one)} for one in voices if one.speaker not in erased]
    if rows:
        connection.execute(insert(job_voices), rows)


def _enrolled(connection: Connection, job_id: str, names: Set[str]) -> set[str]:
    """Return which of the names have a voice; none is erased until the transaction ends."""
    tenant = select(jobs.c.tenant).where(jobs.c.id == job_id).scalar_subquery()
    mine = select(speakers.c.name).where(speakers.c.tenant == tenant, speakers.c.name.in_(names))
    return set(connection.scalars(mine.where(is_valid()).with_for_update(read=True)))


def forget_voices(connection: Connection, job_id: str) -> None:
    """Delete the voices of a job, in the transaction that deletes its transcript."""
    connection.execute(delete(job_voices).where(job_voices.c.job_id == job_id))


def read_voice(connection: Connection, job_id: str, speaker: str | None, *, tenant: str) -> Voice:
    """Return the voice of a speaker, or without one the only voice of the job.

    Raises `JobNotFound` or `SpeakerNotFound`.
    """
    load_job(connection, job_id, tenant=tenant)
    columns = [column for column in job_voices.c if column.name != "job_id"]
    query = select(*columns).join(jobs, jobs.c.id == job_voices.c.job_id)
    mine = query.where(job_voices.c.job_id == job_id, jobs.c.tenant == tenant)
    rows = connection.execute(mine.order_by(job_voices.c.speaker)).mappings().all()
    found = [row for row in rows if speaker in {None, row["speaker"]}]
    if len(found) != 1:
        raise _not_one(job_id, speaker, [row["speaker"] for row in rows])
    return Voice(**{**found[0], "embedding": tuple(found[0]["embedding"])})


def _not_one(job_id: str, speaker: str | None, names: Sequence[str]) -> SpeakerNotFound:
    if not names:
        return SpeakerNotFound(
            f"job {job_id} has no voices: they are kept with keep_voices=true, of speakers who"
            " speak for at least two seconds alone, as long as its transcript"
        )
    wanted = "" if speaker is None else f"none of {speaker!r}; "
    return SpeakerNotFound(
        f"job {job_id} has the voices of {', '.join(names)}; {wanted}name one of them as speaker"
    )
