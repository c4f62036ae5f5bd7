"""Wake-ups where there is no messenger: the ledger is asked again and again."""

import asyncio
from collections.abc import Collection

from whisperfarm_contract.problems import Problem
from whisperfarm_store import events
from whisperfarm_store.notifications.waiters import Endings, Waiting


class PollingWakeups:
    """One task asks the ledger for all waiting callers at once, and only while there are some."""

    def __init__(self, ledger: Endings, *, every_s: float = 0.05, trouble_s: float = 1.0) -> None:
        """It asks every `every_s` seconds, and `trouble_s` seconds after it could not."""
        self._ledger = ledger
        self._every_s = every_s
        self._trouble_s = trouble_s
        self._waiting = Waiting()
        self._poller: asyncio.Task[None] | None = None

    def tell(self, job_id: str) -> None:
        """Nothing to do: whoever waits will ask."""

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        self._start()  # it runs at the loop's next turn, when this caller is among the waiting
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
