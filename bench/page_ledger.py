"""Dispatchers for measurements of the page, one whose ledger has 10,000 jobs with transcripts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import uvicorn
from sqlalchemy import text, update

from tests.servers.ports import free_ports
from tests.support.jobs import new_job
from tests.support.waiting import until
from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.submit import insert_job
from whisperfarm_store.notifications import PollingNotifications

JOBS = 10_000


class _Broker:
    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        """Publish nothing: the jobs have ended."""


@contextmanager
def filled(url: str, folder: Path) -> Iterator[Dependencies]:
    """Yield the dependencies of a dispatcher whose ledger at `url` is filled."""
    with empty(url, folder) as deps:
        _fill(deps.ledger)
        yield deps


@contextmanager
def empty(url: str, folder: Path) -> Iterator[Dependencies]:
    """Yield the dependencies of a dispatcher without jobs."""
    settings = DispatcherSettings(data_dir=folder)
    ledger = open_ledger(url)
    ledger.migrate()
    yield Dependencies(
        settings=settings,
        presets=settings.served_presets(),
        ledger=ledger,
        blobs=FolderBlobs(folder / "blobs"),
        publisher=_Broker(),
        notifications=PollingNotifications(ledger.jobs),
    )
    ledger.close()


@contextmanager
def served(deps: Dependencies) -> Iterator[str]:
    """Serve the dispatcher on a free port, and yield its URL."""
    [port] = free_ports(1)
    app = create_app(deps.settings, deps=deps)
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
    )
    thread = Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the dispatcher")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def _fill(ledger: Ledger) -> None:
    ended = {"state": JobState.SUCCEEDED.value, "result_key": "r", "finished_at": 0.0}
    made = []
    with ledger.database.write() as connection:
        for number in range(JOBS):
            job = new_job(f"job-{number:05d}", tenant=DEFAULT_TENANT)
            named = replace(job, audio=replace(job.audio, filename=f"call-{number:05d}.wav"))
            made.append(insert_job(connection, named, None))
        connection.execute(update(jobs).values(ended))  # as workers do, in one statement
    for number, job in enumerate(made):
        words = f"hello again, this is word{number:05d} about an order and a refund " * 20
        ledger.texts.write(job, revision=1, text=words)
    with ledger.database.write() as connection:
        connection.execute(text("ANALYZE"))  # as the server does in the background
