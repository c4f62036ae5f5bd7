"""The voices that tenants have enrolled."""

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select

from whisperfarm_contract.audit import Actor
from whisperfarm_contract.enrolment import Enrolment
from whisperfarm_contract.problems import SpeakerNotFound
from whisperfarm_contract.voices import EnrolledVoice
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import speakers
from whisperfarm_store.ledger.speakers.enrolment import enrol
from whisperfarm_store.ledger.speakers.erasure import erase_expired_voices, erase_voices
from whisperfarm_store.ledger.speakers.speaker import Speaker, is_valid, speaker_of


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

    def get(self, tenant: str, speaker_id: str) -> Speaker:
        """Return a voice. Raises `SpeakerNotFound`."""
        query = select(speakers).where(_one(tenant, speaker_id), is_valid())
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _not_found(speaker_id)
        return speaker_of(row)

    def voices(self, tenant: str) -> Sequence[EnrolledVoice]:
        """Return what speakers of the tenant's jobs are compared with."""
        columns = (speakers.c.id, speakers.c.name, speakers.c.model, speakers.c.embedding)
        query = select(*columns).where(speakers.c.tenant == tenant, is_valid())
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(speakers.c.id)).mappings().all()
        return [EnrolledVoice(**{**row, "embedding": tuple(row["embedding"])}) for row in rows]

    def erase(self, tenant: str, speaker_id: str, *, by: Actor) -> None:
        """Erase a voice. Raises `SpeakerNotFound`."""
        mine = _one(tenant, speaker_id)
        with self._database.write() as connection:
            if not erase_voices(connection, mine, by):
                raise _not_found(speaker_id)

    def erase_expired(self, *, limit: int) -> int:
        """Erase voices that have expired. Returns their number."""
        with self._database.write() as connection:
            return erase_expired_voices(connection, limit=limit)


def _one(tenant: str, speaker_id: str) -> ColumnElement[bool]:
    if "\0" in speaker_id:  # PostgreSQL rejects this character, even in a query
        raise _not_found(speaker_id)
    return and_(speakers.c.tenant == tenant, speakers.c.id == speaker_id)


def _not_found(speaker_id: str) -> SpeakerNotFound:
    return SpeakerNotFound(f"there is no enrolled voice {speaker_id!r}; list them first")
