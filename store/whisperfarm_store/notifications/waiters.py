"""The callers that wait in this process, by job."""

import asyncio
from collections import defaultdict
from collections.abc import Collection


class Waiters:
    """Callers that wait for jobs, all in one event loop."""

    def __init__(self) -> None:
        self._by_job: defaultdict[str, set[asyncio.Future[bool]]] = defaultdict(set)

    def __bool__(self) -> bool:
        return bool(self._by_job)

    def jobs(self) -> list[str]:
        """Return the jobs that callers wait for."""
        return list(self._by_job)

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        """Wait until the job has ended, at most `timeout_s` seconds. Returns whether it has."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._by_job[job_id].add(future)
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            return False
        finally:
            self._remove(job_id, future)

    def wake(self, ended: Collection[str]) -> None:
        """Wake the callers that wait for these jobs."""
        for job_id in ended:
            for future in self._by_job.get(job_id, ()):
                if not future.done():
                    future.set_result(True)

    def _remove(self, job_id: str, future: asyncio.Future[bool]) -> None:
        self._by_job[job_id].discard(future)
        if not self._by_job[job_id]:
            del self._by_job[job_id]
