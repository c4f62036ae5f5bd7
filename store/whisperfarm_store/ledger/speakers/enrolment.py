"""Enrols a voice under a name."""

from dataclasses import asdict

from sqlalchemy import Connection, func, select

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_contract.enrolment import Enrolment
from whisperfarm_contract.problems import InvalidOption, SpeakerConflict
from whisperfarm_contract.voices import MAX_VOICES_OF_NAME, MAX_VOICES_OF_TENANT
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import speakers
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.speakers.job_voices import read_voice
from whisperfarm_store.ledger.speakers.speaker import Speaker, is_valid, speaker_of


def enrol(
    connection: Connection, speaker_id: str, tenant: str, wanted: Enrolment, by: Actor
) -> Speaker:
    """Enrol a voice, and return it; the same enrolment twice is one.

    Raises `JobNotFound`, `SpeakerNotFound`, `SpeakerConflict` or `InvalidOption`.
    """
    voice = read_voice(connection, wanted.job, wanted.speaker, tenant=tenant)
    values = {**asdict(wanted), **asdict(voice), "id": speaker_id, "tenant": tenant}
    row = {**values, "enrolled_by": by.name, "enrolled_at": now_s()}
    statement = upsert(connection, speakers).values(row).on_conflict_do_nothing()
    inserted = connection.execute(statement.returning(*speakers.c)).one_or_none()
    if inserted is None:
        return _existing(connection, tenant, wanted, voice.speaker)
    body = {"tenant": tenant, "voice": speaker_id, "job": wanted.job}
    append_audit(connection, AuditKind.SPEAKER_ENROLLED, by, body)
    _check_room(connection, tenant, wanted.name)
    return speaker_of(inserted)


def _existing(connection: Connection, tenant: str, wanted: Enrolment, speaker: str) -> Speaker:
    of_job = select(speakers).where(speakers.c.tenant == tenant, speakers.c.job == wanted.job)
    query = of_job.where(speakers.c.speaker == speaker, is_valid())
    row = connection.execute(query).one_or_none()
    if row is None:  # it expires or is erased at this moment
        raise SpeakerConflict(f"the voice of {speaker!r} in job {wanted.job} is being erased")
    found = speaker_of(row)
    if not found.answers(wanted):
        raise SpeakerConflict(
            f"the voice of {speaker!r} in job {wanted.job} is enrolled as {found.id} with another"
            " name, note of consent or expiry; erase that, and run a job that keeps voices again"
        )
    return found


def _check_room(connection: Connection, tenant: str, name: str) -> None:
    """Raise `InvalidOption` if there are too many voices with that just inserted.

    Other enrolments wait: the audit log has one writer at a time.
    """
    count = select(func.count()).select_from(speakers).where(speakers.c.tenant == tenant)
    of_name = connection.scalar(count.where(speakers.c.name == name)) or 0
    if of_name > MAX_VOICES_OF_NAME or (connection.scalar(count) or 0) > MAX_VOICES_OF_TENANT:
        raise InvalidOption(
            f"name: a name has up to {MAX_VOICES_OF_NAME} voices, and a tenant up to"
            f" {MAX_VOICES_OF_TENANT}; erase one first"
        )
