"""Notifications without a server: the ledger is polled."""

import asyncio
from collections.abc import Collection

from whisperfarm_contract.problems import Problem
from whisperfarm_store import events
from whisperfarm_store.ledger import Jobs
from whisperfarm_store.notifications.waiters import Waiters


class PollingNotifications:
    """Notifications from one task that polls the ledger for all callers while any are waiting."""

    def __init__(self, jobs: Jobs, *, interval_s: float = 0.05, retry_s: float = 1.0) -> None:
        """Poll every `interval_s` seconds, or `retry_s` seconds after an error."""
        self._jobs = jobs
        self._interval_s = interval_s
        self._retry_s = retry_s
        self._waiters = Waiters()
        self._poller: asyncio.Task[None] | None = None

    def notify(self, job_id: str) -> None:
        """Do nothing: the polling task finds it."""

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        self._start()  # the task starts when this call awaits, and the caller is registered by then
        return await self._waiters.wait(job_id, timeout_s)

    def _start(self) -> None:
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll())

    async def _poll(self) -> None:
        while self._waiters:
            try:
                self._wake(await asyncio.to_thread(self._jobs.finished_among, self._waiters.jobs()))
                await asyncio.sleep(self._interval_s)
            except Problem as problem:
                events.notifications.ledger_unavailable.log(error=problem.detail)
                await asyncio.sleep(self._retry_s)

    def _wake(self, ended: Collection[str]) -> None:
        self._waiters.wake(ended)
