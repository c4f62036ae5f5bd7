"""Submitting a quarantined job again."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFound, RecordingExpired
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.submission.resubmit import retry_quarantined
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def kept(ledger: Ledger, blobs: FolderBlobs) -> Job:
    """Return a job in quarantine."""
    job = ledger.jobs.insert(replace(new_job("kept"), key_id="3f9a1c0e77b2"))
    blobs.put(job.audio.key, b"sound")
    ledger.attempts.claim(job.id, worker="w", lease_s=-1)
    ledger.dispatch.rescue(redispatch_after_s=60, max_worker_deaths=1)
    return ledger.jobs.get(job.id)


def test_retry_quarantined_copies_the_job_and_its_audio(
    ledger: Ledger, blobs: FolderBlobs, kept: Job
) -> None:
    job = retry_quarantined(ledger, blobs, kept.id, new_id=lambda: "new")
    assert (job.id, job.state, job.worker_deaths, job.problem) == ("new", JobState.QUEUED, 2, None)
    assert (job.tenant, job.options, job.policy) == (kept.tenant, kept.options, kept.policy)
    assert sorted(blobs.keys()) == [kept.audio.key, job.audio.key]
    with blobs.open(job.audio.key) as file:
        assert file.read() == b"sound"


def test_retry_of_a_quarantined_job_counts_for_no_key(
    ledger: Ledger, blobs: FolderBlobs, kept: Job
) -> None:
    assert kept.key_id is not None
    assert retry_quarantined(ledger, blobs, kept.id).key_id is None


def test_retry_of_a_released_job_leaves_no_blob(
    ledger: Ledger, blobs: FolderBlobs, kept: Job
) -> None:
    retry_quarantined(ledger, blobs, kept.id, new_id=lambda: "first")
    with pytest.raises(JobNotFound):
        retry_quarantined(ledger, blobs, kept.id, new_id=lambda: "second")
    assert sorted(blobs.keys()) == ["audio/acme/first", kept.audio.key]


def test_job_without_audio_stays_in_quarantine(
    ledger: Ledger, blobs: FolderBlobs, kept: Job
) -> None:
    blobs.delete(kept.audio.key)
    with pytest.raises(RecordingExpired):
        retry_quarantined(ledger, blobs, kept.id)
    assert [job.id for job in ledger.jobs.list_quarantined(limit=10)] == [kept.id]
