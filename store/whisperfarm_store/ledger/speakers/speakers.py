"""The voices that tenants have enrolled."""

import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_contract.problems import SpeakerNotFound
from whisperfarm_contract.voices import EnrolledVoice
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import speakers
from whisperfarm_store.ledger.speakers.enrolment import (
    Enrolment,
    Speaker,
    enrol,
    is_valid,
    speaker_of,
)

_RETENTION = Actor("retention")


class Speakers:
    """The enrolled voices of all tenants. One that has expired is neither listed nor compared."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enrol(self, tenant: str, wanted: Enrolment, *, by: Actor) -> Speaker:
        """Enrol a voice. Raises `JobNotFound`, `SpeakerNotFound`, `SpeakerConflict` or
        `InvalidOption`."""
        with self._database.write() as connection:
            return enrol(connection, secrets.token_hex(8), tenant, wanted, by)

    def list(self, tenant: str) -> list[Speaker]:
        """Return the voices of the tenant, by name and age."""
        query = select(speakers).where(speakers.c.tenant == tenant, is_valid())
        order = (speakers.c.name, speakers.c.enrolled_at, speakers.c.id)
        with self._database.read() as connection:
            return [speaker_of(row) for row in connection.execute(query.order_by(*order))]

    def voices(self, tenant: str) -> Sequence[EnrolledVoice]:
        """Return what speakers of the tenant's jobs are compared with."""
        columns = (speakers.c.id, speakers.c.name, speakers.c.model, speakers.c.embedding)
        query = select(*columns).where(speakers.c.tenant == tenant, is_valid())
        with self._database.read() as connection:
            return [
                EnrolledVoice(
                    id=row.id, name=row.name, model=row.model, embedding=tuple(row.embedding)
                )
                for row in connection.execute(query.order_by(speakers.c.id))
            ]

    def erase(self, tenant: str, speaker_id: str, *, by: Actor) -> None:
        """Erase a voice. Raises `SpeakerNotFound`."""
        mine = delete(speakers).where(speakers.c.tenant == tenant, speakers.c.id == speaker_id)
        with self._database.write() as connection:
            if connection.scalar(mine.returning(speakers.c.id)) is None:
                raise SpeakerNotFound(f"there is no voice {speaker_id!r}; list them first")
            body = {"tenant": tenant, "voice": speaker_id}
            append_audit(connection, AuditKind.SPEAKER_ERASED, by, body)

    def erase_expired(self, *, limit: int) -> int:
        """Erase voices that have expired. Returns their number."""
        query = select(speakers.c.id).where(speakers.c.expires_at <= now_s())
        with self._database.write() as connection:
            page = query.order_by(speakers.c.expires_at).limit(limit)
            due = connection.scalars(page.with_for_update(skip_locked=True)).all()
            gone = delete(speakers).where(speakers.c.id.in_(due))
            for row in connection.execute(gone.returning(speakers.c.tenant, speakers.c.id)).all():
                body = {"tenant": row.tenant, "voice": row.id}
                append_audit(connection, AuditKind.SPEAKER_ERASED, _RETENTION, body)
        return len(due)
