"""Writes and removes the texts of transcripts by which jobs are found."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, exists, insert, select, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.revisions.revision import default_revision
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of, load_job
from whisperfarm_store.ledger.db.tables import erasures, jobs, transcript_texts
from whisperfarm_store.ledger.search.matches import is_match
from whisperfarm_store.ledger.search.parts import parts
from whisperfarm_store.ledger.search.text_query import TextQuery
from whisperfarm_store.ledger.transitions.erase import forget_text
from whisperfarm_store.ledger.transitions.revise import list_revisions

_is_kept = (
    (jobs.c.state == JobState.SUCCEEDED.value)
    & jobs.c.result_deleted_at.is_(None)
    & ~exists().where(erasures.c.job_id == jobs.c.id, erasures.c.artifact == "results")
)


class Texts:
    """The index of transcripts. A job whose `text_revision` is null is not in it yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_pending(self, *, limit: int) -> list[Job]:
        """Return jobs whose transcript is to be indexed, those that ended first."""
        query = select(jobs).where(_is_kept, jobs.c.text_revision.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(jobs.c.finished_at).limit(limit))
            return [job_of(row) for row in rows]

    def write(self, job: Job, *, revision: int, text: str) -> bool:
        """Index the text of a revision, in place of another's.

        Returns False, without a change, if the revision is not the default one any more, or if the
        transcript is being deleted.
        """
        rows = list(parts(text))
        with self._database.write() as connection:
            load_job(connection, job.id, tenant=job.tenant, lock=True)
            kept = connection.scalar(select(jobs.c.id).where(jobs.c.id == job.id, _is_kept))
            known = list_revisions(connection, job)
            if kept is None or default_revision(known).number != revision:
                return False
            is_postgresql = connection.dialect.name == "postgresql"
            forget_text(connection, job.id)
            for row in rows:
                terms = row.to_tsvector() if is_postgresql else row.to_fts5()
                values = {"job_id": job.id, "text": row.text, "terms": terms}
                connection.execute(insert(transcript_texts).values(values))
            mark = update(jobs).where(jobs.c.id == job.id)
            connection.execute(mark.values(text_revision=revision))
        return True

    def forget_some(self, *, after: str, limit: int) -> Sequence[str]:
        """Remove the texts of jobs whose ids follow `after`. Returns their ids, in order."""
        query = select(jobs.c.id).where(jobs.c.text_revision.is_not(None), jobs.c.id > after)
        with self._database.write() as connection:
            page = query.order_by(jobs.c.id).limit(limit).with_for_update()
            ids = connection.scalars(page).all()
            for job_id in ids:
                forget_text(connection, job_id)
        return ids

    def matching(self, job_ids: Collection[str], query: TextQuery) -> dict[str, str]:
        """Return a text of each job that the query finds. Pass at most a few hundred ids."""
        with self._database.read() as connection:
            return _first_texts(connection, job_ids, query)


def _first_texts(
    connection: Connection, job_ids: Collection[str], query: TextQuery
) -> dict[str, str]:
    columns = (transcript_texts.c.job_id, transcript_texts.c.text)
    of_jobs = transcript_texts.c.job_id.in_(job_ids)
    found = select(*columns).where(of_jobs, is_match(connection, query))
    newest_first = connection.execute(found.order_by(transcript_texts.c.id.desc()))
    return {row.job_id: row.text for row in newest_first}
