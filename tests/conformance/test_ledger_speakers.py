"""Enrolled voices belong to a tenant, and are gone once they are erased."""

from dataclasses import replace

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.audit import Actor
from whisperfarm_contract.problems import JobNotFound, SpeakerConflict, SpeakerNotFound
from whisperfarm_contract.voices import Voice
from whisperfarm_store.ledger import Enrolment, Ledger

BY = Actor("key:ada")
VOICE = Voice(speaker="SPEAKER_00", model="m" * 64, speech_s=9.5, embedding=(0.5, -0.25))


@pytest.fixture
def wanted(ledger: Ledger) -> Enrolment:
    """Return what enrols the voice of a job that has succeeded."""
    job = ledger.jobs.insert(new_job())
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=9.5, voices=[VOICE])
    return Enrolment(name="Ana <b>", consent="signed form", job=job.id, speaker=VOICE.speaker)


def test_voice_is_compared_until_it_is_erased(ledger: Ledger, wanted: Enrolment) -> None:
    speaker = ledger.speakers.enrol(TENANT, wanted, by=BY)
    assert (speaker.name, speaker.enrolled_by) == ("Ana <b>", "key:ada")
    assert [one.embedding for one in ledger.speakers.voices(TENANT)] == [VOICE.embedding]
    ledger.speakers.erase(TENANT, speaker.id, by=BY)
    assert (ledger.speakers.voices(TENANT), ledger.speakers.list(TENANT)) == ([], [])
    kinds = [entry.kind for entry in ledger.audit_log.list(limit=9)]
    assert kinds == ["speaker-enrolled", "speaker-erased"]


def test_other_tenant_neither_uses_nor_erases_a_voice(ledger: Ledger, wanted: Enrolment) -> None:
    speaker = ledger.speakers.enrol(TENANT, wanted, by=BY)
    with pytest.raises(JobNotFound):
        ledger.speakers.enrol("other", wanted, by=BY)
    with pytest.raises(SpeakerNotFound):
        ledger.speakers.erase("other", speaker.id, by=BY)
    assert ledger.speakers.voices("other") == []
    assert ledger.speakers.list(TENANT) == [speaker]


def test_voice_enrolled_many_times_at_once_is_one(ledger: Ledger, wanted: Enrolment) -> None:
    run_concurrently(4, lambda _: ledger.speakers.enrol(TENANT, wanted, by=BY))
    assert len(ledger.speakers.list(TENANT)) == 1
    with pytest.raises(SpeakerConflict):
        ledger.speakers.enrol(TENANT, replace(wanted, name="Ben"), by=BY)


def test_voices_of_a_job_go_with_its_transcript(ledger: Ledger, wanted: Enrolment) -> None:
    assert ledger.erasures.begin("results", wanted.job)
    with pytest.raises(SpeakerNotFound):
        ledger.speakers.enrol(TENANT, wanted, by=BY)


def test_expired_voice_is_not_compared_and_is_erased(ledger: Ledger, wanted: Enrolment) -> None:
    ledger.speakers.enrol(TENANT, replace(wanted, expires_at=1.0), by=BY)
    assert ledger.speakers.voices(TENANT) == []
    assert ledger.speakers.erase_expired(limit=9) == 1
