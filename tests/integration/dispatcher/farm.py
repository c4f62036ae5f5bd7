"""A listening dispatcher with a real ledger and blobs in a real folder."""

import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.ledger import open_migrated
from tests.support.readiness import NO_AUTHORITIES
from whisperfarm_contract.identifiers import result_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.listener import open_listener
from whisperfarm_dispatcher.server import Server
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import Blobs, FolderBlobs
from whisperfarm_store.notifications import PollingNotifications

DEADLINE_S = 20.0
TENANT = "default"


class Recorder:
    """A publisher that records jobs, and that can be set unreachable."""

    def __init__(self) -> None:
        self.reachable = True
        self.refused = 0
        self._published: list[tuple[str, str]] = []
        self._changed = threading.Condition()

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        with self._changed:
            self._changed.notify_all()
            if not self.reachable:
                self.refused += 1
                raise FarmUnavailable("the broker does not answer")
            self._published.extend((job_id, preset) for job_id in job_ids)

    def published(self, count: int) -> list[str]:
        """Return the published ids, once there are `count`."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._published) >= count, DEADLINE_S)
            return [job_id for job_id, _ in self._published]

    def await_refusals(self, count: int) -> None:
        """Wait until `count` publications have failed."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.refused >= count, DEADLINE_S)

    @property
    def now(self) -> list[tuple[str, str]]:
        """Ids and presets of what is published so far."""
        with self._changed:
            return list(self._published)


@dataclass(frozen=True)
class DispatcherFarm:
    """A dispatcher: its address, and what it works with."""

    url: str
    deps: Dependencies
    publisher: Recorder
    server: Server
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=DEADLINE_S, verify=NO_AUTHORITIES)
    )

    def submit(self, audio: bytes, **options: Any) -> dict[str, Any]:
        """Submit a recording as the body. Returns the job's document."""
        answer = self.http.post(f"{self.url}/v1/jobs", params=options, content=audio, headers=WAV)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def claim(self, job_id: str, *, lease_s: float = 60) -> Job:
        """Claim the job as a worker does."""
        job = self.deps.ledger.attempts.claim(job_id, worker="w", lease_s=lease_s)
        assert job is not None
        return job

    def succeed(self, job: Job, transcript: Transcript) -> None:
        """Finish a claimed job as a worker does."""
        key = result_key(job.tenant, job.id, job.attempt)
        self.deps.blobs.put(key, json.dumps(transcript.to_wire()).encode())
        self.deps.ledger.attempts.succeed(
            job.id, attempt=job.attempt, result_key=key, audio_s=transcript.duration
        )

    def fail(self, job: Job, problem: Problem) -> None:
        """Fail a claimed job as a worker does."""
        self.deps.ledger.attempts.fail(job.id, attempt=job.attempt, problem=problem)

    def transcribed(
        self, audio: bytes, *, transcript: Transcript | None = None, **fields: str
    ) -> str:
        """Run a job to success. Returns its id."""
        job_id = str(self.submit(audio, **fields)["id"])
        self.succeed(self.claim(job_id), transcript or HELLO)
        return job_id

    def blobs(self) -> list[str]:
        """Return the keys of all blobs, including those that are being written."""
        folder = self.deps.settings.data_dir / "blobs"
        return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]

    def jobs(self) -> list[Job]:
        """Return all jobs of the default tenant, newest first."""
        return self.deps.ledger.jobs.list_for_tenant(TENANT, limit=1000)


@contextmanager
def started(
    folder: Path,
    *,
    publisher: Recorder | None = None,
    blobs: Blobs | None = None,
    tls: ssl.SSLContext = NO_AUTHORITIES,
    **settings: Any,
) -> Iterator[DispatcherFarm]:
    """Run a dispatcher until the block ends. `tls` is the context of its client."""
    quick = {"dispatch_interval_s": 0.02, "rescue_interval_s": 0.02, "lease_grace_s": 0}
    chosen = DispatcherSettings(**{**quick, "data_dir": folder, "port": 0, **settings})
    recorder = publisher or Recorder()
    deps = make_deps(chosen, recorder, blobs or FolderBlobs(folder / "blobs"))
    server = Server(create_app(chosen, deps=deps))
    with open_listener(chosen) as listener:
        scheme = "http" if chosen.tls_cert_file is None else "https"
        url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        http = httpx.Client(timeout=DEADLINE_S, verify=tls)
        farm = DispatcherFarm(url, deps, recorder, server, http)
        try:
            assert farm.http.get(f"{url}/healthz").status_code == 200
            yield farm
        finally:
            farm.http.close()
            server.should_exit = True
            thread.join(DEADLINE_S)
            deps.ledger.close()
    assert not thread.is_alive()


def make_deps(settings: DispatcherSettings, publisher: Recorder, blobs: Blobs) -> Dependencies:
    """Return real dependencies, except for the publisher."""
    ledger = open_migrated(settings.resolved_database_url, custody=settings.custody)
    return Dependencies(
        settings=settings,
        presets=settings.served_presets(),
        ledger=ledger,
        blobs=blobs,
        publisher=publisher,
        notifications=PollingNotifications(ledger.jobs, interval_s=0.01),
    )


WAV = {"Content-Type": "audio/wav"}

HELLO = Transcript(
    language="en",
    model="demo",
    segments=(
        Segment(
            start=0.1,
            end=0.4,
            text="hello there",
            words=(Word(text="hello", start=0.1, end=0.2), Word(text="there", start=0.2, end=0.4)),
        ),
    ),
    coverage=Coverage(audio_s=0.5, speech_s=0.3, transcribed_s=0.3),
)
