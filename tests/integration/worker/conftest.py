"""A worker's dependencies: a real ledger, real blobs and a short recording, without models."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.integration.worker.farm import WorkerFarm, worker_farm
from tests.support.fake_engine import FakeEngine, noise
from tests.support.jobs import TENANT, new_job
from tests.support.recordings import wav
from whisperfarm_contract import identifiers
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import DEFAULT_POLICY, JobPolicy
from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import PRESETS
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.notifications import PollingNotifications
from whisperfarm_worker.attempt.cache import ResultCache
from whisperfarm_worker.attempt.checkpoints import Checkpoints
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.originals import Originals
from whisperfarm_worker.attempt.run import AttemptRunner
from whisperfarm_worker.attempt.settle import Settlement
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg
from whisperfarm_worker.process.scratch import Scratch
from whisperfarm_worker.redaction.redactor import Redactor


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    """Return an empty blob store."""
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return two seconds of noise."""
    path = tmp_path / "call.wav"
    path.write_bytes(wav((noise(2.0)[0] * 32767).astype("<i2").tobytes()))
    return path


def make_available(ledger: Ledger, job_id: str) -> None:
    """End the delay of a job that waits for its next attempt."""
    with ledger.database.write() as connection:
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(available_at=None))


Submit = Callable[..., Job]


@pytest.fixture
def submit(ledger: Ledger, blobs: FolderBlobs, recording: Path) -> Submit:
    """Return a function that submits a job as a dispatcher does; keywords are options."""

    def take(
        content: bytes | None = None,
        *,
        policy: JobPolicy = DEFAULT_POLICY,
        tenant: str = TENANT,
        **options: Any,
    ) -> Job:
        job = replace(new_job(tenant=tenant), options=Options(**options), policy=policy)
        audio = recording.read_bytes() if content is None else content
        key = identifiers.audio_key(job.tenant, job.id)
        blobs.put(key, audio)
        return ledger.jobs.insert(replace(job, audio=replace(job.audio, key=key)))

    return take


@dataclass
class Bench:
    """An attempt runner and its dependencies."""

    task: AttemptRunner
    engine: FakeEngine
    leases: Leases
    scratch: Path
    poisoned: list[bool]
    suspected: list[tuple[str, str]]


@pytest.fixture
def bench(ledger: Ledger, blobs: FolderBlobs, tmp_path: Path) -> Bench:
    """Return an attempt runner with fake models."""
    engine, poisoned, suspected = FakeEngine(), list[bool](), list[tuple[str, str]]()
    leases = Leases(ledger.attempts, worker="w", lease_s=30)
    task = AttemptRunner(
        objectives_s=DEFAULT_OBJECTIVES_S,
        leases=leases,
        settlement=Settlement(ledger, blobs),
        blobs=blobs,
        notifications=PollingNotifications(ledger.jobs),
        engine=engine,
        scratch=Scratch(tmp_path / "tmp"),
        checkpoints=Checkpoints(blobs, models={}, interval_s=1e-9),
        cache=ResultCache(
            ledger.cache, blobs, engine=engine, presets=PRESETS, models={}, enabled=True
        ),
        redactor=Redactor(blobs),
        originals=Originals(ledger, blobs),
        presets=PRESETS,
        ffmpeg=find_ffmpeg(None),
        max_audio_s=60.0,
        on_device_failure=lambda: poisoned.append(True),
        report_unavailable=lambda name, problem: suspected.append((name, problem.name)),
    )
    return Bench(task, engine, leases, tmp_path / "tmp", poisoned, suspected)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[WorkerFarm]:
    """Run workers as processes, without a dispatcher."""
    with worker_farm(tmp_path) as running:
        yield running
