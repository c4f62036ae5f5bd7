"""Registers the worker in the ledger and sends its heartbeats."""

import os
import socket
import time
from collections.abc import Callable, Sequence

import psutil

from whisperfarm_store import events
from whisperfarm_store.ledger import WorkerHeartbeat, Workers


def process_age_s() -> float:
    """Return the seconds since this process started."""
    return float(time.time() - psutil.Process().create_time())


class Registration:
    """The worker's entry in the ledger: its presets, its concurrency and whether it is ready.

    The worker is ready from `mark_ready` until `mark_draining`, while `unavailable` returns `None`
    instead of a reason. `on_drain` is called once, when a heartbeat's reply asks the worker to
    drain.
    """

    def __init__(
        self,
        workers: Workers,
        *,
        name: str,
        presets: Sequence[str],
        concurrency: int,
        on_drain: Callable[[], None],
        unavailable: Callable[[], str | None] = lambda: None,
        age_s: Callable[[], float] = process_age_s,
    ) -> None:
        self._workers = workers
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
        """Whether the worker is ready and not draining."""
        return self.not_ready_reason is None

    @property
    def not_ready_reason(self) -> str | None:
        """Why the worker accepts no jobs; `None` if it accepts them."""
        if self._draining:
            return "the worker is draining"
        if not self._ready:
            return "the worker is starting"
        return self._unavailable()

    def mark_ready(self) -> None:
        """Accept jobs, and send a heartbeat that says so."""
        took_s = None if self._ready else round(self._age_s(), 2)  # only for the first start
        self._ready = True
        events.worker.ready.log(presets=self._presets, concurrency=self._concurrency, took_s=took_s)
        self._try_heartbeat()

    def mark_draining(self) -> None:
        """Accept no more jobs, and send a heartbeat that says so."""
        self._draining = True
        self._try_heartbeat()

    def heartbeat(self) -> None:
        """Send a heartbeat, and start to drain if its reply asks for that."""
        drain_requested = self._workers.record_heartbeat(
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
        """Deregister the worker. If the ledger is unavailable, the missing heartbeats suffice."""
        try:
            self._workers.deregister(self._name)
        except Exception as error:
            events.worker.deregister_failed.log(error=str(error))

    def _try_heartbeat(self) -> None:
        try:
            self.heartbeat()
        except Exception as error:
            events.worker.heartbeat_failed.log(error=str(error))
