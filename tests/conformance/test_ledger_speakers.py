"""Enrolled voices belong to a tenant, and are gone once they are erased."""

from dataclasses import replace

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.audit import Actor
from whisperfarm_contract.enrolment import Enrolment
from whisperfarm_contract.problems import (
    InvalidOption,
    JobNotFound,
    SpeakerConflict,
    SpeakerNotFound,
)
from whisperfarm_contract.voices import MAX_VOICES_OF_NAME, Voice
from whisperfarm_store.ledger import Ledger

BY = Actor("key:ada")
VOICE = Voice(speaker="SPEAKER_00", model="m" * 64, speech_s=9.5, embedding=(0.5, -0.25))
OTHER = replace(VOICE, speaker="SPEAKER_01")


def finished(ledger: Ledger, *voices: Voice) -> str:
    """Return the id of a job that has succeeded and kept these voices."""
    job = ledger.jobs.insert(new_job())
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=9.5, voices=voices)
    return job.id


@pytest.fixture
def wanted(ledger: Ledger) -> Enrolment:
    """Return what enrols the voice of a job that has succeeded."""
    job = finished(ledger, VOICE)
    return Enrolment(name="Ana <b>", consent="signed form", job=job, speaker=VOICE.speaker)


def test_voice_is_compared_until_it_is_erased(ledger: Ledger, wanted: Enrolment) -> None:
    speaker = ledger.speakers.enrol(TENANT, wanted, by=BY)
    assert (speaker.name, speaker.enrolled_by) == ("Ana <b>", "key:ada")
    assert ledger.speakers.get(TENANT, speaker.id) == speaker
    assert [one.embedding for one in ledger.speakers.voices(TENANT)] == [VOICE.embedding]
    ledger.speakers.erase(TENANT, speaker.id, by=BY)
    assert (ledger.speakers.voices(TENANT), ledger.speakers.list(TENANT)) == ([], [])
    entries = ledger.audit_log.list(limit=9)
    assert [entry.kind for entry in entries] == ["speaker-enrolled", "speaker-erased"]
    assert "Ana" not in str(entries)


def test_erasure_leaves_nothing_of_the_voice(ledger: Ledger) -> None:
    job = finished(ledger, VOICE, OTHER)
    wanted = Enrolment(name="Ana", consent="yes", job=job, speaker=VOICE.speaker)
    speaker = ledger.speakers.enrol(TENANT, wanted, by=BY)
    finished(ledger, replace(VOICE, speaker="Ana"))  # which another job has named and kept
    ledger.speakers.erase(TENANT, speaker.id, by=BY)
    finished(ledger, replace(VOICE, speaker="Ana"))  # which began before
    with pytest.raises(SpeakerNotFound, match=r"the voices of SPEAKER_01; none of 'SPEAKER_00'"):
        ledger.speakers.enrol(TENANT, wanted, by=BY)
    with ledger.snapshots.open() as snapshot:
        rows = [row for table in ("speakers", "job_voices") for row in snapshot.rows(table)]
    assert [row["speaker"] for row in rows] == [OTHER.speaker]


def test_other_tenant_neither_uses_nor_erases_a_voice(ledger: Ledger, wanted: Enrolment) -> None:
    speaker = ledger.speakers.enrol(TENANT, wanted, by=BY)
    with pytest.raises(JobNotFound):
        ledger.speakers.enrol("other", wanted, by=BY)
    with pytest.raises(SpeakerNotFound):
        ledger.speakers.get("other", speaker.id)
    for tenant, speaker_id in (("other", speaker.id), (TENANT, "\0")):
        with pytest.raises(SpeakerNotFound):
            ledger.speakers.erase(tenant, speaker_id, by=BY)
    assert ledger.speakers.voices("other") == []
    assert ledger.speakers.list(TENANT) == [speaker]


def test_voice_enrolled_many_times_at_once_is_one(ledger: Ledger, wanted: Enrolment) -> None:
    run_concurrently(4, lambda _: ledger.speakers.enrol(TENANT, wanted, by=BY))
    assert len(ledger.speakers.list(TENANT)) == 1
    for changed in ({"name": "Ben"}, {"consent": "other"}, {"expires_at": 9e9}):
        with pytest.raises(SpeakerConflict):
            ledger.speakers.enrol(TENANT, replace(wanted, **changed), by=BY)


def test_job_with_one_voice_needs_no_speaker(ledger: Ledger, wanted: Enrolment) -> None:
    assert (
        ledger.speakers.enrol(TENANT, replace(wanted, speaker=None), by=BY).speaker == "SPEAKER_00"
    )
    several = replace(wanted, job=finished(ledger, VOICE, OTHER), speaker=None)
    with pytest.raises(SpeakerNotFound, match="SPEAKER_00, SPEAKER_01; name one"):
        ledger.speakers.enrol(TENANT, several, by=BY)
    with pytest.raises(SpeakerNotFound, match="keep_voices=true"):
        ledger.speakers.enrol(TENANT, replace(wanted, job=finished(ledger)), by=BY)


def test_name_has_no_more_voices_than_allowed(ledger: Ledger) -> None:
    names = [f"SPEAKER_{number:02}" for number in range(MAX_VOICES_OF_NAME + 1)]
    job = finished(ledger, *(replace(VOICE, speaker=name) for name in names))

    def enrol(number: int) -> str:
        wanted = Enrolment(name="Ana", consent="yes", job=job, speaker=names[number])
        try:
            return ledger.speakers.enrol(TENANT, wanted, by=BY).name
        except InvalidOption as problem:
            return problem.detail

    answers = run_concurrently(len(names), enrol)
    assert sum(answer == "Ana" for answer in answers) == MAX_VOICES_OF_NAME
    assert len(ledger.speakers.list(TENANT)) == MAX_VOICES_OF_NAME


def test_voices_of_a_job_go_with_its_transcript(ledger: Ledger, wanted: Enrolment) -> None:
    assert ledger.erasures.begin("results", wanted.job)
    with pytest.raises(SpeakerNotFound):
        ledger.speakers.enrol(TENANT, wanted, by=BY)


def test_expired_voice_is_not_compared_and_is_erased(ledger: Ledger, wanted: Enrolment) -> None:
    speaker = ledger.speakers.enrol(TENANT, replace(wanted, expires_at=1.0), by=BY)
    assert (ledger.speakers.voices(TENANT), ledger.speakers.list(TENANT)) == ([], [])
    with pytest.raises(SpeakerNotFound):
        ledger.speakers.get(TENANT, speaker.id)
    with pytest.raises(SpeakerConflict, match="is being erased"):
        ledger.speakers.enrol(TENANT, wanted, by=BY)
    assert ledger.speakers.erase_expired(limit=9) == 1
    with pytest.raises(SpeakerNotFound):
        ledger.speakers.enrol(TENANT, wanted, by=BY)
