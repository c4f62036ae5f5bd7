"""A farm of worker processes without a dispatcher."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.servers.process import tied_to_us
from tests.support.environment import environment
from tests.support.jobs import new_job
from tests.support.waiting import until
from whisperfarm_contract import identifiers, transcript
from whisperfarm_contract.job import Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_worker.settings import WorkerSettings

WITHIN_S = 400.0
WORKER = (sys.executable, "-m", "whisperfarm", "worker")


@contextmanager
def worker_farm(
    data_dir: Path, *, presets: tuple[str, ...] = ("demo", "demo-words")
) -> Iterator["WorkerFarm"]:
    """Run workers without a dispatcher, and kill them at the end of the block."""
    farm = WorkerFarm(data_dir, presets=presets)
    try:
        yield farm
    finally:
        for worker in farm.workers:
            worker.kill()
            worker.wait()


class WorkerFarm:
    """A data folder and worker processes on it."""

    def __init__(self, data_dir: Path, *, presets: tuple[str, ...]) -> None:
        self.settings = WorkerSettings(data_dir=data_dir, presets=presets)
        self.ledger: Ledger = open_ledger(self.settings.resolved_database_url)
        self.ledger.migrate()
        self.publisher = Publisher(celery_app(self.settings))
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(
        self,
        *,
        under: Sequence[str] = (),
        command: Sequence[str] = WORKER,
        inherited: Mapping[str, str] | None = None,
        **given: object,
    ) -> subprocess.Popen[bytes]:
        """Start a worker with these settings; `under` is a command that runs it."""
        last_sent = {f"WHISPERFARM_{name.upper()}": str(value) for name, value in given.items()}
        kept = environment() if inherited is None else inherited
        environ = {**kept, "WHISPERFARM_DATA_DIR": str(self.settings.data_dir), **last_sent}
        log = (self.settings.data_dir / "worker.log").open("ab")
        with log:
            worker = subprocess.Popen(
                [*tied_to_us(signal.SIGTERM), *under, *command], env=environ, stderr=log
            )
        self.workers.append(worker)
        return worker

    def log(self) -> str:
        return (self.settings.data_dir / "worker.log").read_text()

    def ready(self) -> None:
        def look() -> bool:
            return any(heartbeat.ready for heartbeat in self.ledger.workers.list_live(within_s=60))

        until(look, "a ready worker", within_s=WITHIN_S)

    def submit(self, content: bytes, *, preset: str = "demo", **options: Any) -> str:
        job = replace(new_job(preset=preset), id=str(uuid4()))  # traces need a UUID
        key = identifiers.audio_key(job.tenant, job.id)
        open_blobs(self.settings).put(key, content)
        audio = replace(job.audio, key=key, sha256=sha256(content).hexdigest())
        job = replace(job, options=Options(**options), audio=audio)
        self.ledger.jobs.insert(job)
        self.publisher.publish([job.id], job.preset)
        self.ledger.dispatch.mark([job.id])
        return job.id

    def in_state(self, job_id: str, state: JobState) -> Job:
        def look() -> Job | None:
            job = self.ledger.jobs.get(job_id)
            return job if job.state is state else None

        found: Job = until(look, f"job {job_id} to be {state}", within_s=WITHIN_S)
        return found

    def transcript(self, job: Job) -> transcript.Transcript:
        """Return the transcript of a job that succeeded."""
        assert job.result_key is not None
        with open_blobs(self.settings).open(job.result_key) as file:
            return transcript.from_wire(json.loads(file.read()))
