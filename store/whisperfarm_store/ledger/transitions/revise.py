"""Inserts revisions of a job's transcript. The machine's own result is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from whisperfarm_contract import job_events
from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidCorrection, RevisionConflict
from whisperfarm_contract.revisions.revision import (
    MACHINE_NUMBER,
    MAX_REVISIONS,
    Revision,
    RevisionKind,
    follower,
    is_by_person,
    newest_of_line,
)
from whisperfarm_store import events
from whisperfarm_store.ledger.custody import append_entry, bodies
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import after_commit
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import jobs, revisions
from whisperfarm_store.ledger.transitions.erase import forget_text
from whisperfarm_store.ledger.transitions.event_callbacks import (
    JobEvent,
    insert_callbacks,
    receivers_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """A revision to be inserted, whose blob is stored. The ledger sets its number and time."""

    kind: RevisionKind
    parent: int
    author: str
    key: str
    size_bytes: int
    sha256: str
    note: str | None = None
    tags: tuple[str, ...] = ()

    def is_same(self, other: Revision) -> bool:
        """Whether the same request made the other one, which has the same content."""
        return (self.kind, self.author, self.note, self.tags, self.sha256) == (
            *(other.kind, other.author, other.note, other.tags, other.sha256),
        )


def list_revisions(connection: Connection, job: Job) -> list[Revision]:
    """Return all revisions of a job that has succeeded, the machine's result first."""
    query = select(revisions).where(revisions.c.job_id == job.id, revisions.c.tenant == job.tenant)
    rows = connection.execute(query.order_by(revisions.c.number))
    return [_machine_revision(job), *map(_revision_of, rows)]


def add_revision(connection: Connection, job: Job, new: NewRevision) -> Revision:
    """Insert a revision of a job that `load_job` has locked, unless the same request did before.

    Returns the revision. Raises `RevisionNotFound` without its parent, `RevisionConflict` if
    another correction or approval has followed the parent, and `InvalidCorrection` above
    `MAX_REVISIONS`.
    """
    known = list_revisions(connection, job)
    newest = newest_of_line(known, new.parent)
    if is_by_person(new.kind) and newest.number != new.parent:
        existing = follower(known, new.parent)
        if existing is not None and new.is_same(existing):
            return existing
        raise _conflict(new.parent, newest)
    if len(known) >= MAX_REVISIONS:
        raise InvalidCorrection(f"the job has {len(known)} revisions already, which is the limit")
    return insert_revision(connection, job, new, number=known[-1].number + 1)


def insert_revision(connection: Connection, job: Job, new: NewRevision, *, number: int) -> Revision:
    """Insert the row, the mark of an approval, the entry of the chain of custody, and the
    callbacks, and have the text indexed again: all that one revision writes."""
    statement = insert(revisions).values(
        job_id=job.id,
        number=number,
        tenant=job.tenant,
        kind=new.kind.value,
        parent=new.parent,
        author=new.author,
        note=new.note,
        tags=list(new.tags),
        key=new.key,
        size_bytes=new.size_bytes,
        sha256=new.sha256,
        created_at=now_s(),
    )
    revision = _revision_of(connection.execute(statement.returning(*revisions.c)).one())
    if new.kind is RevisionKind.APPROVED:
        marked = update(jobs).where(jobs.c.id == job.id).values(approved_revision=number)
        connection.execute(marked)
        job = load_job(connection, job.id, tenant=job.tenant)
    forget_text(connection, job.id)
    author = {"author": revision.author}
    append_entry(connection, job.id, Kind.REVISED, bodies.revised(revision), personal=author)
    _insert_callbacks(connection, job, revision)
    after_commit(connection, partial(_log_created, job, revision))
    return revision


def _insert_callbacks(connection: Connection, job: Job, revision: Revision) -> None:
    receivers = receivers_of(job)
    if receivers:
        event = JobEvent(
            type=job_events.revision_event_type(revision),
            body=job_events.revision_payload(job, revision),
            at=revision.created_at,
            revision=revision.number,
        )
        insert_callbacks(connection, job, receivers, event)


def _log_created(job: Job, revision: Revision) -> None:
    events.revision.created.log(
        job=job.id,
        tenant=job.tenant,
        revision=revision.number,
        kind=revision.kind.value,
        parent=revision.parent,
        author=revision.author,
    )


def _conflict(parent: int, newest: Revision) -> RevisionConflict:
    problem = RevisionConflict(
        f"revision {parent} has been followed by others in the meantime; read revision"
        f" {newest.number}, and correct or approve that one"
    )
    problem.members = {"newest": newest.number}
    return problem


def _machine_revision(job: Job) -> Revision:
    return Revision(
        number=MACHINE_NUMBER,
        kind=RevisionKind.MACHINE,
        key=job.result_key or "",
        author=f"model:{job.preset}",
        created_at=job.created_at if job.finished_at is None else job.finished_at,
    )


def _revision_of(row: Row[Any]) -> Revision:
    tags: Sequence[str] = row.tags
    return Revision(
        number=row.number,
        kind=RevisionKind(row.kind),
        key=row.key,
        author=row.author,
        created_at=row.created_at,
        parent=row.parent,
        note=row.note,
        tags=tuple(tags),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
    )
