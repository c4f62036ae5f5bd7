"""Enrols a voice under a name."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_contract.problems import InvalidOption, SpeakerConflict
from whisperfarm_contract.voices import MAX_VOICES_OF_NAME, MAX_VOICES_OF_TENANT
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import speakers
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.speakers.job_voices import read_voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a caller asks for: the voice of a speaker of a job, under a name.

    `consent` notes how the person has agreed. Without `expires_at`, the voice stays until erased.
    """

    name: str
    consent: str
    job: str
    speaker: str
    expires_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """An enrolled voice, without its embedding."""

    id: str
    name: str
    consent: str
    job: str
    speaker: str
    model: str
    speech_s: float
    enrolled_by: str
    enrolled_at: float
    expires_at: float | None


def enrol(
    connection: Connection, speaker_id: str, tenant: str, wanted: Enrolment, by: Actor
) -> Speaker:
    """Enrol a voice, and return it; the same voice twice is one, with its first note of consent.

    Raises `JobNotFound`, `SpeakerNotFound`, `SpeakerConflict` or `InvalidOption`.
    """
    voice = read_voice(connection, wanted.job, wanted.speaker, tenant=tenant)
    _check_room(connection, tenant, wanted)
    values = {**asdict(voice), **asdict(wanted), "id": speaker_id, "tenant": tenant}
    row = {**values, "enrolled_by": by.name, "enrolled_at": now_s()}
    statement = upsert(connection, speakers).values(row).on_conflict_do_nothing()
    inserted = connection.execute(statement.returning(*speakers.c)).one_or_none()
    if inserted is None:
        return _existing(connection, tenant, wanted)
    body = {"tenant": tenant, "voice": speaker_id, "job": wanted.job}
    append_audit(connection, AuditKind.SPEAKER_ENROLLED, by, body)
    return speaker_of(inserted)


def is_valid() -> Any:
    """Return the condition that a voice has not expired."""
    return or_(speakers.c.expires_at.is_(None), speakers.c.expires_at > now_s())


def speaker_of(row: Row[Any]) -> Speaker:
    """Return the speaker of a row."""
    return Speaker(**{name: getattr(row, name) for name in Speaker.__dataclass_fields__})


def _existing(connection: Connection, tenant: str, wanted: Enrolment) -> Speaker:
    found = connection.execute(_same(tenant, wanted)).one()
    if found.name != wanted.name:
        raise SpeakerConflict(
            f"the voice of {wanted.speaker!r} in job {wanted.job} is enrolled as {found.name!r};"
            " erase that first"
        )
    return speaker_of(found)


def _same(tenant: str, wanted: Enrolment) -> Any:
    of_job = select(speakers).where(speakers.c.tenant == tenant, speakers.c.job == wanted.job)
    return of_job.where(speakers.c.speaker == wanted.speaker)


def _check_room(connection: Connection, tenant: str, wanted: Enrolment) -> None:
    if connection.execute(_same(tenant, wanted)).first() is not None:
        return
    count = select(func.count()).select_from(speakers).where(speakers.c.tenant == tenant)
    of_name = connection.scalar(count.where(speakers.c.name == wanted.name)) or 0
    if of_name >= MAX_VOICES_OF_NAME or (connection.scalar(count) or 0) >= MAX_VOICES_OF_TENANT:
        raise InvalidOption(
            f"name: a name has up to {MAX_VOICES_OF_NAME} voices, and a tenant up to"
            f" {MAX_VOICES_OF_TENANT}; erase one first"
        )
