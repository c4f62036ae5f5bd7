"""A waiting caller sees the end of its job, by a notification or by polling."""

import asyncio
import time

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.notifications import Notifications

SOON_S, LONG_S = 0.05, 30.0


def _end(ledger: Ledger, notifications: Notifications, job_id: str) -> None:
    ledger.attempts.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    notifications.notify(job_id)


def test_wait_returns_when_the_job_finishes(
    ledger: Ledger, notifications: Notifications, running: Job
) -> None:
    async def scene() -> bool:
        waiting = asyncio.create_task(notifications.wait(running.id, LONG_S))
        await asyncio.to_thread(_end, ledger, notifications, running.id)
        return await waiting

    began = time.monotonic()
    assert asyncio.run(scene())
    assert time.monotonic() - began < LONG_S / 3


def test_wait_returns_at_once_for_a_finished_job(
    ledger: Ledger, notifications: Notifications, running: Job
) -> None:
    _end(ledger, notifications, running.id)
    assert asyncio.run(notifications.wait(running.id, LONG_S))


def test_wait_returns_false_after_the_timeout(notifications: Notifications, running: Job) -> None:
    assert not asyncio.run(notifications.wait(running.id, SOON_S))


def test_notify_wakes_all_waiters_of_the_job_only(
    ledger: Ledger, notifications: Notifications, running: Job
) -> None:
    other = ledger.jobs.insert(new_job())

    async def scene() -> tuple[list[bool], bool]:
        waiting = [asyncio.create_task(notifications.wait(running.id, LONG_S)) for _ in range(20)]
        elsewhere = asyncio.create_task(notifications.wait(other.id, LONG_S))
        await asyncio.to_thread(_end, ledger, notifications, running.id)
        woken = await asyncio.gather(*waiting)
        still_waiting = not elsewhere.done()
        elsewhere.cancel()
        return woken, still_waiting

    assert asyncio.run(scene()) == ([True] * 20, True)


def test_cancelled_waiter_does_not_affect_others(
    ledger: Ledger, notifications: Notifications, running: Job
) -> None:
    async def scene() -> bool:
        gone = asyncio.create_task(notifications.wait(running.id, LONG_S))
        staying = asyncio.create_task(notifications.wait(running.id, LONG_S))
        await asyncio.sleep(0)  # both are waiting by now
        gone.cancel()
        await asyncio.to_thread(_end, ledger, notifications, running.id)
        return await staying

    assert asyncio.run(scene())


def test_notify_without_waiters_does_nothing(notifications: Notifications) -> None:
    notifications.notify("nobody-waits")
