"""`submit` called directly, as an ingress other than HTTP does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dispatcher.farm import Recorder, make_deps
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable, UnknownModel
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.submit import NewJob, submit
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Jobs, open_ledger


@pytest.fixture
def deps(tmp_path: Path) -> Iterator[Dependencies]:
    settings = DispatcherSettings(data_dir=tmp_path, max_attempts=5)
    made = make_deps(settings, Recorder(), FolderBlobs(tmp_path / "blobs"))
    yield made
    made.ledger.close()


async def arriving(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def test_submit_stores_audio_and_job_and_wakes_dispatch(deps: Dependencies, audio: bytes) -> None:
    request = NewJob(tenant="north", fields={"language": "en"}, filename="call.wav")
    job = asyncio.run(submit(deps, request, arriving(audio), new_id=lambda: "job-1"))
    assert job == deps.ledger.jobs.get("job-1", tenant="north")
    assert (job.state, job.preset, job.max_attempts) == (JobState.QUEUED, "demo", 5)
    assert deps.blobs.size(job.audio.key) == len(audio)
    assert deps.jobs_available.is_set()


def test_invalid_request_is_rejected_before_its_body_is_read(
    deps: Dependencies,
) -> None:
    async def never_read() -> AsyncIterator[bytes]:
        pytest.fail("the body was read")
        yield b""

    request = NewJob(tenant="north", fields={"model": "enormous"})
    with pytest.raises(UnknownModel):
        asyncio.run(submit(deps, request, never_read()))


def test_submit_reads_fields_that_arrive_with_the_body(deps: Dependencies, audio: bytes) -> None:
    fields: dict[str, str] = {}

    async def with_late_field() -> AsyncIterator[bytes]:
        yield audio
        fields["beam_size"] = "7"

    request = NewJob(tenant="north", fields=fields)
    job = asyncio.run(submit(deps, request, with_late_field()))
    assert job.options.beam_size == 7


class Mute(Jobs):
    """Jobs whose `insert` succeeds, but loses the response."""

    def insert(self, job: Job, **given: Any) -> Job:
        super().insert(job, **given)
        raise FarmUnavailable


def test_audio_stays_after_an_unknown_insert_outcome(deps: Dependencies, audio: bytes) -> None:
    ledger = open_ledger(deps.settings.resolved_database_url)
    ledger.jobs = Mute(ledger.database)
    request = NewJob(tenant="north", fields={})
    with pytest.raises(FarmUnavailable):
        asyncio.run(
            submit(replace(deps, ledger=ledger), request, arriving(audio), new_id=lambda: "job-1")
        )
    ledger.close()
    assert list(deps.blobs.keys("")) == [deps.ledger.jobs.get("job-1").audio.key]
