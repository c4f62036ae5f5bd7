"""The accept call by itself, as a door that is not HTTP would make it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import Recorder, parts_of
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable, ModelUnknown
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.submit import NewJob, accept
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Idempotency, Ledger
from whisperfarm_store.ledger.db.sqlalchemy_engine import connect


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    settings = DispatcherSettings(data_dir=tmp_path, max_attempts=5)
    made = parts_of(settings, Recorder(), FolderBlobs(tmp_path / "blobs"))
    yield made
    made.ledger.close()


async def arriving(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def test_what_was_accepted_is_in_ledger_and_store_and_the_loop_is_woken(
    parts: Parts, audio: bytes
) -> None:
    request = NewJob(tenant="north", fields={"language": "en"}, filename="call.wav")
    job = asyncio.run(accept(parts, request, arriving(audio), new_id=lambda: "job-1"))
    assert job == parts.ledger.get("job-1", tenant="north")
    assert (job.state, job.preset, job.max_attempts) == (State.QUEUED, "demo", 5)
    assert parts.blobs.size(job.audio.key) == len(audio)
    assert parts.work.is_set()


def test_a_request_that_is_wrong_from_the_start_is_refused_before_its_body_is_read(
    parts: Parts,
) -> None:
    async def never_read() -> AsyncIterator[bytes]:
        pytest.fail("the body was read")
        yield b""

    request = NewJob(tenant="north", fields={"model": "enormous"})
    with pytest.raises(ModelUnknown):
        asyncio.run(accept(parts, request, never_read()))


def test_fields_that_come_with_the_body_count(parts: Parts, audio: bytes) -> None:
    fields: dict[str, str] = {}

    async def with_late_field() -> AsyncIterator[bytes]:
        yield audio
        fields["beam_size"] = "7"

    request = NewJob(tenant="north", fields=fields)
    job = asyncio.run(accept(parts, request, with_late_field()))
    assert job.options.beam_size == 7


class Mute(Ledger):
    """Enters jobs, but its answer is lost on the way."""

    def insert(self, job: Job, *, idempotency: Idempotency | None = None) -> Job:
        super().insert(job, idempotency=idempotency)
        raise FarmUnavailable


def test_the_audio_stays_when_nobody_knows_whether_the_job_was_entered(
    parts: Parts, audio: bytes
) -> None:
    mute = Mute(connect(parts.settings.ledger_url))
    request = NewJob(tenant="north", fields={})
    with pytest.raises(FarmUnavailable):
        asyncio.run(
            accept(replace(parts, ledger=mute), request, arriving(audio), new_id=lambda: "job-1")
        )
    mute.close()
    assert list(parts.blobs.keys("")) == [parts.ledger.get("job-1").audio.key]
