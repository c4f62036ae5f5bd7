"""The worker's own sign of life in the ledger: who it is, what it serves, whether it is ready."""

import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import psutil

from whisperfarm_store import events
from whisperfarm_store.ledger import WorkerHeartbeat


class WorkerStore(Protocol):
    """The part of the ledger that knows workers."""

    def record_heartbeat(self, heartbeat: WorkerHeartbeat, *, is_first: bool = False) -> bool:
        """Note a sign of life; whether the worker is asked to leave."""

    def deregister_worker(self, name: str) -> None:
        """Note a good-bye."""


def process_age_s() -> float:
    """For how long this process has been there."""
    return float(time.time() - psutil.Process().create_time())


class Registration:
    """Not ready at first; `mark_ready` once the models are loaded and jobs are taken, until
    `mark_draining`.

    `unavailable` returns why the worker cannot take jobs for now, or `None`. `on_drain` is called
    once, when the ledger says that somebody asked this worker to leave.
    """

    def __init__(
        self,
        store: WorkerStore,
        *,
        name: str,
        presets: Sequence[str],
        concurrency: int,
        on_drain: Callable[[], None],
        unavailable: Callable[[], str | None] = lambda: None,
        age_s: Callable[[], float] = process_age_s,
    ) -> None:
        self._store = store
        self._name = name
        self._presets = tuple(presets)
        self._concurrency = concurrency
        self._on_drain = on_drain
        self._unavailable = unavailable
        self._age_s = age_s
        self._ready = False
        self._draining = False
        self._registered = False

    @property
    def accepts_jobs(self) -> bool:
        """Whether the worker is ready, and not about to leave."""
        return self.not_ready_reason is None

    @property
    def not_ready_reason(self) -> str | None:
        """Why the worker takes no jobs; `None` if it takes some."""
        if self._draining:
            return "the worker is draining"
        if not self._ready:
            return "the worker is starting"
        return self._unavailable()

    def mark_ready(self) -> None:
        """The worker takes jobs from now on."""
        took_s = None if self._ready else round(self._age_s(), 2)  # once: it is the start's
        self._ready = True
        events.worker.ready.log(presets=self._presets, concurrency=self._concurrency, took_s=took_s)
        self._try_heartbeat()

    def mark_draining(self) -> None:
        """The worker takes no more jobs."""
        self._draining = True
        self._try_heartbeat()

    def heartbeat(self) -> None:
        """Give a sign of life, and hear whether to leave."""
        drain_requested = self._store.record_heartbeat(
            WorkerHeartbeat(
                name=self._name,
                presets=self._presets,
                concurrency=self._concurrency,
                pid=os.getpid(),
                host=socket.gethostname(),
                ready=self.accepts_jobs,
            ),
            is_first=not self._registered,
        )
        self._registered = True
        if drain_requested and not self._draining:
            self._draining = True
            events.worker.drain_requested.log()
            self._on_drain()

    def deregister(self) -> None:
        """Say good-bye; a ledger that is away will notice by itself."""
        try:
            self._store.deregister_worker(self._name)
        except Exception as error:
            events.worker.deregister_failed.log(error=str(error))

    def _try_heartbeat(self) -> None:
        try:
            self.heartbeat()
        except Exception as error:
            events.worker.heartbeat_failed.log(error=str(error))
