"""Erases enrolled voices, with what the jobs that they are from have kept of them."""

from sqlalchemy import ColumnElement, Connection, delete, select, tuple_

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import job_voices, speakers

_RETENTION = Actor("retention")
_OF_JOB = tuple_(job_voices.c.job_id, job_voices.c.speaker)


def erase_voices(connection: Connection, which: ColumnElement[bool], by: Actor) -> int:
    """Erase the enrolled voices of a condition. Returns their number."""
    columns = (speakers.c.tenant, speakers.c.id, speakers.c.job, speakers.c.speaker)
    erased = connection.execute(delete(speakers).where(which).returning(*columns)).all()
    if erased:
        kept = [(row.job, row.speaker) for row in erased]
        connection.execute(delete(job_voices).where(_OF_JOB.in_(kept)))
    for row in erased:
        body = {"tenant": row.tenant, "voice": row.id}
        append_audit(connection, AuditKind.SPEAKER_ERASED, by, body)
    return len(erased)


def erase_expired_voices(connection: Connection, *, limit: int) -> int:
    """Erase voices that have expired, the oldest first. Returns their number."""
    query = select(speakers.c.id).where(speakers.c.expires_at <= now_s())
    page = query.order_by(speakers.c.expires_at).limit(limit)
    due = connection.scalars(page.with_for_update(skip_locked=True)).all()
    return erase_voices(connection, speakers.c.id.in_(due), _RETENTION) if due else 0
