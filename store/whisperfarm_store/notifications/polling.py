"""Notifications without a server: the ledger is polled."""

import asyncio
from collections.abc import Collection

from whisperfarm_contract.problems import Problem
from whisperfarm_store import events
from whisperfarm_store.notifications.waiters import Endings, Waiting


class PollingWakeups:
    """Notifications from one task that polls the ledger for all callers while any are waiting."""

    def __init__(self, ledger: Endings, *, every_s: float = 0.05, trouble_s: float = 1.0) -> None:
        """Poll every `every_s` seconds, or `trouble_s` seconds after an error."""
        self._ledger = ledger
        self._every_s = every_s
        self._trouble_s = trouble_s
        self._waiting = Waiting()
        self._poller: asyncio.Task[None] | None = None

    def tell(self, job_id: str) -> None:
        """Do nothing: the polling task finds it."""

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        self._start()  # the task starts when this call awaits, and the caller is registered by then
        return await self._waiting.wait(job_id, timeout_s)

    def _start(self) -> None:
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll())

    async def _poll(self) -> None:
        while self._waiting:
            try:
                self._wake(await asyncio.to_thread(self._ledger.ended, self._waiting.jobs()))
                await asyncio.sleep(self._every_s)
            except Problem as problem:
                events.notifications.ledger_unavailable.log(error=problem.detail)
                await asyncio.sleep(self._trouble_s)

    def _wake(self, ended: Collection[str]) -> None:
        self._waiting.wake(ended)
