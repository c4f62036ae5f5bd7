"""Erases enrolled voices, with what jobs have kept of them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, or_, select

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import job_voices, jobs, speakers

_RETENTION = Actor("retention")
_COLUMNS = tuple(speakers.c[name] for name in ("id", "tenant", "name", "job", "speaker"))


def erase_voices(connection: Connection, which: ColumnElement[bool], by: Actor) -> int:
    """Erase the enrolled voices of a condition. Returns their number."""
    erased = connection.execute(delete(speakers).where(which).returning(*_COLUMNS)).all()
    for row in erased:
        connection.execute(delete(job_voices).where(_is_kept_of(row)))
        body = {"tenant": row.tenant, "voice": row.id}
        append_audit(connection, AuditKind.SPEAKER_ERASED, by, body)
    return len(erased)


def _is_kept_of(row: Row[Any]) -> ColumnElement[bool]:
    """Return the condition of what was kept where the voice is from, and under the person's name.

    A person's name is never one that the farm gives, so that no unnamed speaker has it.
    """
    origin = and_(job_voices.c.job_id == row.job, job_voices.c.speaker == row.speaker)
    of_tenant = select(jobs.c.id).where(jobs.c.tenant == row.tenant)
    named = and_(job_voices.c.speaker == row.name, job_voices.c.job_id.in_(of_tenant))
    return or_(origin, named)


def erase_expired_voices(connection: Connection, *, limit: int) -> int:
    """Erase voices that have expired, the oldest first. Returns their number."""
    query = select(speakers.c.id).where(speakers.c.expires_at <= now_s())
    page = query.order_by(speakers.c.expires_at).limit(limit)
    due = connection.scalars(page.with_for_update(skip_locked=True)).all()
    return erase_voices(connection, speakers.c.id.in_(due), _RETENTION) if due else 0
