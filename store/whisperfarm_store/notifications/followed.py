"""The jobs of one tenant that have changed, for one who follows them."""

import asyncio

MAX_PENDING = 1000
"""Changed jobs that are kept for a slow reader. With more, it has to read the list again."""


class Followed:
    """Changed jobs that were not taken yet."""

    def __init__(self, tenant: str, by: str) -> None:
        self.tenant = tenant
        self.by = by
        self._pending: dict[str, None] = {}
        self._is_started = self._is_incomplete = False
        self._changed = asyncio.Event()

    def add(self, job_ids: list[str]) -> None:
        """Add jobs that have changed. The first call marks the start: later, all are added."""
        self._pending.update(dict.fromkeys(job_ids))
        if not self._is_started or len(self._pending) > MAX_PENDING:
            self._is_started = self._is_incomplete = True
            self._pending.clear()
        if self._is_incomplete or self._pending:
            self._changed.set()

    async def take(self, timeout_s: float) -> tuple[bool, list[str]]:
        """Return whether others than these jobs may have changed, and the jobs.

        The first time, and after more than `MAX_PENDING` changes, others may have. Waits for a
        change, at most `timeout_s` seconds.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return False, []
        self._changed.clear()
        taken = self._is_incomplete, list(self._pending)
        self._is_incomplete, self._pending = False, {}
        return taken
