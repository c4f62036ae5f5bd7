"""A cancellation at the moment of a notification ends the waiting task."""

import asyncio
from collections.abc import Collection

from whisperfarm_store.notifications.redis import RedisNotifications
from whisperfarm_store.notifications.waiters import Waiters

TIMES = 1000
LONG_S = 30.0
NO_REDIS = "redis://127.0.0.1:1/0"


def test_waiter_cancelled_while_woken_ends() -> None:
    async def scene() -> None:
        waiting = Waiters()
        for _ in range(TIMES):
            caller = asyncio.create_task(waiting.wait("job", LONG_S))
            await _ticks(2)
            waiting.wake(["job"])
            assert caller.cancel()
            await asyncio.wait({caller})
            assert caller.cancelled()

    asyncio.run(scene())


class NothingEnded:
    """A ledger without finished jobs that counts queries."""

    def __init__(self) -> None:
        self.jobs = self
        self.asked = 0

    def finished_among(self, job_ids: Collection[str]) -> set[str]:
        self.asked += 1
        return set()


def test_tasks_cancelled_while_woken_end() -> None:
    ledger = NothingEnded()
    notifications = RedisNotifications(
        NO_REDIS, ledger.jobs, connected_poll_s=LONG_S, disconnected_poll_s=LONG_S
    )

    async def scene() -> None:
        for number in range(TIMES):
            before = ledger.asked
            caller = asyncio.create_task(notifications.wait("job", LONG_S))
            while ledger.asked == before:
                await asyncio.sleep(0)
            await asyncio.sleep(0.001)  # the ledger has answered, and the task waits
            again = asyncio.create_task(notifications.wait("job", LONG_S))
            await _ticks(number % 8)  # the notification takes several turns of the loop to arrive
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            assert {caller, again} <= tasks
            for task in tasks:
                task.cancel()
            _, running = await asyncio.wait(tasks, timeout=LONG_S / 10)
            assert not running

    asyncio.run(scene())


async def _ticks(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
