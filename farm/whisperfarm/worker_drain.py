"""Drains workers and waits until they have ended."""

import socket
import time
from collections.abc import Callable, Sequence

import psutil

from whisperfarm.local_actor import local_actor
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat

POLL_INTERVAL_S = 0.2
REPORT_INTERVAL_S = 5.0


class WorkerDrain:
    """Drains live workers of a farm."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        live_within_s: float,
        print_line: Callable[[str], None],
        host: str = "",
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._ledger = ledger
        self._live_within_s = live_within_s
        self._print_line = print_line
        self._host = host or socket.gethostname()
        self._pause = pause

    def request(self, *, names: Sequence[str], here: bool) -> list[WorkerHeartbeat]:
        """Drain the named workers, or with `here` those on this host, or else all.

        Returns the workers that drain. Raises `InvalidSettings` if a name is unknown; no worker
        drains then.
        """
        live = self._live()
        unknown = sorted(set(names) - {heartbeat.name for heartbeat in live})
        if unknown:
            raise InvalidSettings(
                f"there is no live worker {unknown[0]}; `whisperfarm workers` lists them"
            )
        requested = [
            heartbeat
            for heartbeat in live
            if (not names or heartbeat.name in names) and (not here or heartbeat.host == self._host)
        ]
        self._ledger.workers.request_drain(
            [heartbeat.name for heartbeat in requested], by=local_actor()
        )
        for heartbeat in requested:
            self._print_line(f"{heartbeat.name}: drain requested")
        if not requested:
            self._print_line("there is no worker to drain")
        return requested

    def wait(self, requested: Sequence[WorkerHeartbeat], *, timeout_s: float) -> bool:
        """Wait until the workers have ended. Returns False after `timeout_s` seconds.

        Reports their running jobs every `REPORT_INTERVAL_S` seconds.
        """
        deadline = time.monotonic() + timeout_s
        reported = time.monotonic()
        while remaining := [heartbeat for heartbeat in requested if self._is_registered(heartbeat)]:
            now = time.monotonic()
            if now >= deadline:
                self._print_line(
                    f"not ended after {timeout_s:g} s: {self._running_text(remaining)}"
                )
                return False
            if now - reported >= REPORT_INTERVAL_S:
                reported = now
                self._print_line(f"waiting for {self._running_text(remaining)}")
            self._pause(POLL_INTERVAL_S)
        if requested:
            self._print_line("all workers have ended")
        return True

    def _live(self) -> list[WorkerHeartbeat]:
        return self._ledger.workers.list_live(within_s=self._live_within_s)

    def _is_registered(self, requested: WorkerHeartbeat) -> bool:
        """Whether the worker runs: by its process on this host, by its heartbeats elsewhere."""
        if requested.host == self._host and _is_running(requested.pid):
            return True
        process = (requested.name, requested.pid)
        return any((heartbeat.name, heartbeat.pid) == process for heartbeat in self._live())

    def _running_text(self, remaining: Sequence[WorkerHeartbeat]) -> str:
        running = self._ledger.workers.running_counts()
        return ", ".join(f"{one.name} ({running.get(one.name, 0)} jobs)" for one in remaining)


def _is_running(pid: int) -> bool:
    """Whether the process runs; a zombie has ended."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
