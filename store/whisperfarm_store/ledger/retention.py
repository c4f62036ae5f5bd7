"""Retention: deletes audio, results, jobs and idempotency keys, the oldest first."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, tuple_, update

from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.ledger.custody import append_entry, erase_personal
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database, after_commit
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import (
    cached_results,
    callbacks,
    idempotency,
    jobs,
    revisions,
)
from whisperfarm_store.ledger.transitions.erase import (
    BY_RETENTION,
    DELETED_AT,
    Artifact,
    end_erasure,
    forget_text,
)
from whisperfarm_store.ledger.transitions.forward import has_open_forward
from whisperfarm_store.ledger.usage import OF_DELETED, keep_usage

_DUE_AT = {"audio": jobs.c.audio_due_at, "results": jobs.c.results_due_at}


class Retention:
    """Deletion of old jobs. The caller deletes a job's blobs before it marks them as deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_due(self, artifact: Artifact, *, after_s: float, limit: int) -> list[Job]:
        """Return jobs that ended more than `after_s` seconds ago and still have `artifact`, oldest
        first.

        Jobs with a legal hold keep both. Quarantined jobs keep their audio, so that an operator can
        find out why it crashes workers, unless their caller has it destroyed.
        """
        return self._list(artifact, _finished_before(after_s), jobs.c.finished_at, limit)

    def list_expired(self, artifact: Artifact, *, limit: int) -> list[Job]:
        """Return jobs whose own days for `artifact` are over, and that `list_due` would return."""
        due_at = _DUE_AT[artifact]
        return self._list(artifact, and_(due_at.is_not(None), due_at < now_s()), due_at, limit)

    def _list(
        self,
        artifact: Artifact,
        is_due: ColumnElement[bool],
        oldest_first: ColumnElement[float | None],
        limit: int,
    ) -> list[Job]:
        query = select(jobs).where(is_due, DELETED_AT[artifact].is_(None), jobs.c.held_at.is_(None))
        if artifact == "audio":
            is_destroyed = jobs.c.options["originals"].as_string() == "destroy"
            query = query.where(or_(jobs.c.quarantined_at.is_(None), is_destroyed))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(oldest_first).limit(limit))
            return [job_of(row) for row in rows]

    def mark_deleted(self, artifact: Artifact, job_id: str) -> None:
        """Record that the job's audio or results were deleted. Removes deleted results from the
        result cache. The revisions stay, without their blobs and notes."""
        column = DELETED_AT[artifact]
        statement = update(jobs).where(jobs.c.id == job_id, column.is_(None))
        marked = statement.values({column.name: now_s()}).returning(jobs.c.id)
        with self._database.write() as connection:
            reason = end_erasure(connection, artifact, job_id)
            if connection.execute(marked).one_or_none() is not None:
                append_entry(connection, job_id, Kind.DELETED, _deleted(artifact, reason))
                cause = "retention" if reason == BY_RETENTION else "request"
                logged = events.job.artifacts_deleted.log
                after_commit(
                    connection, partial(logged, job=job_id, artifact=artifact, cause=cause)
                )
            if artifact == "results":
                forget_text(connection, job_id)
                connection.execute(delete(cached_results).where(cached_results.c.job_id == job_id))
                of_job = update(revisions).where(revisions.c.job_id == job_id)
                connection.execute(of_job.values(deleted_at=now_s(), note=None, tags=[]))

    def delete_jobs(self, *, after_s: float, limit: int) -> int:
        """Delete jobs that ended more than `after_s` seconds ago and whose blobs are deleted.

        Jobs with pending callbacks, an open forward or a legal hold stay. What the jobs used is
        kept, and so are their chains of custody, without the personal values. Returns the number
        of deleted jobs.
        """
        pending = select(callbacks.c.id).where(
            callbacks.c.job_id == jobs.c.id, callbacks.c.state == "pending"
        )
        deleted = and_(*(column.is_not(None) for column in DELETED_AT.values()))
        may_go = and_(deleted, jobs.c.held_at.is_(None), ~pending.exists(), ~has_open_forward())
        query = select(jobs.c.id).where(_finished_before(after_s), may_go)
        with self._database.write() as connection:
            page = query.order_by(jobs.c.finished_at).limit(limit)
            oldest = connection.scalars(page.with_for_update(skip_locked=True)).all()
            _end_chains(connection, oldest)
            removed = delete(jobs).where(jobs.c.id.in_(oldest)).returning(*OF_DELETED)
            keep_usage(connection, connection.execute(removed).all())
        return len(oldest)

    def delete_keys(self, *, after_s: float, limit: int) -> int:
        """Delete idempotency keys first used more than `after_s` seconds ago. Returns their
        number."""
        key = (idempotency.c.tenant, idempotency.c.key)
        query = select(*key).where(idempotency.c.created_at < now_s() - after_s)
        with self._database.write() as connection:
            rows = connection.execute(query.order_by(idempotency.c.created_at).limit(limit)).all()
            if rows:
                oldest = [(row.tenant, row.key) for row in rows]
                connection.execute(delete(idempotency).where(tuple_(*key).in_(oldest)))
        return len(rows)


def _end_chains(connection: Connection, job_ids: Sequence[str]) -> None:
    """Add the last entries, and erase the personal values: also if the farm keeps chains no
    longer."""
    for job_id in job_ids:
        append_entry(connection, job_id, Kind.DELETED, _deleted("job", BY_RETENTION))
    erase_personal(connection, job_ids)


def _deleted(what: str, reason: str) -> dict[str, str]:
    return {"what": what, "reason": reason}


def _finished_before(after_s: float) -> ColumnElement[bool]:
    return and_(jobs.c.finished_at.is_not(None), jobs.c.finished_at < now_s() - after_s)
