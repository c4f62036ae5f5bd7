"""Notifications with a Redis that is stopped and started."""

import asyncio
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.notifications import PollingNotifications, open_notifications
from whisperfarm_store.notifications.redis import RedisNotifications
from whisperfarm_store.settings import StoreSettings

if TYPE_CHECKING:
    from tests.servers.redis import RedisServer

LONG_S, WITHIN_S = 60.0, 50.0


class Ledger:
    """A ledger with given finished jobs, which counts queries."""

    def __init__(self) -> None:
        self.jobs = self
        self.over: set[str] = set()
        self.asked = 0

    def finished_among(self, job_ids: Collection[str]) -> set[str]:
        self.asked += 1
        return self.over & set(job_ids)


async def _until(notifications: RedisNotifications, is_subscribed: bool) -> None:
    end = time.monotonic() + WITHIN_S
    while notifications._subscription.is_subscribed is not is_subscribed:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def test_notification_wakes_without_a_ledger_query(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    waiting = RedisNotifications(
        redis_server.url, ledger.jobs, connected_poll_s=LONG_S, disconnected_poll_s=LONG_S
    )
    telling = RedisNotifications(redis_server.url, Ledger().jobs)

    async def scene() -> bool:
        waiter = asyncio.create_task(waiting.wait("j1", LONG_S))
        await asyncio.sleep(0)
        await _until(waiting, is_subscribed=True)
        await asyncio.to_thread(telling.notify, "j1")
        return await waiter

    began = time.monotonic()
    assert asyncio.run(scene())
    assert time.monotonic() - began < WITHIN_S


def test_waiters_share_one_connection(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    notifications = RedisNotifications(
        redis_server.url, ledger.jobs, connected_poll_s=LONG_S, disconnected_poll_s=LONG_S
    )

    async def scene() -> int:
        waiters = [asyncio.create_task(notifications.wait(f"j{n}", LONG_S)) for n in range(100)]
        await asyncio.sleep(0)
        await _until(notifications, is_subscribed=True)
        subscribers = await asyncio.to_thread(
            notifications._publisher.pubsub_numsub, "whisperfarm.ended"
        )
        for number in range(100):
            notifications.notify(f"j{number}")
        assert all(await asyncio.gather(*waiters))
        return int(subscribers[0][1])

    assert asyncio.run(scene()) == 1
    assert ledger.asked <= 3


def test_ledger_is_polled_often_without_redis(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    notifications = RedisNotifications(
        "redis://127.0.0.1:9/0", ledger.jobs, connected_poll_s=LONG_S, disconnected_poll_s=0.01
    )

    async def scene() -> bool:
        waiter = asyncio.create_task(notifications.wait("j1", LONG_S))
        while ledger.asked < 3:
            await asyncio.sleep(0.01)
        ledger.over.add("j1")
        return await waiter

    assert asyncio.run(scene())


def test_lost_notification_only_delays(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    notifications = RedisNotifications(
        redis_server.url, ledger.jobs, connected_poll_s=0.01, disconnected_poll_s=LONG_S
    )

    async def scene() -> bool:
        waiter = asyncio.create_task(notifications.wait("j1", LONG_S))
        await asyncio.sleep(0)
        await _until(notifications, is_subscribed=True)
        ledger.over.add("j1")  # without a notification
        return await waiter

    assert asyncio.run(scene())


def test_subscription_resumes_after_an_outage(
    redis_server: "RedisServer",
) -> None:
    ledger = Ledger()
    notifications = RedisNotifications(
        redis_server.url, ledger.jobs, connected_poll_s=LONG_S, disconnected_poll_s=LONG_S
    )

    async def scene() -> list[bool]:
        waiters = [asyncio.create_task(notifications.wait(name, LONG_S)) for name in ("j1", "j2")]
        await asyncio.sleep(0)
        await _until(notifications, is_subscribed=True)
        await asyncio.to_thread(redis_server.kill)
        await _until(notifications, is_subscribed=False)
        ledger.over.add("j1")
        await asyncio.to_thread(redis_server.start)
        await _until(notifications, is_subscribed=True)
        first = await waiters[0]
        await asyncio.to_thread(RedisNotifications(redis_server.url, Ledger().jobs).notify, "j2")
        return [first, await waiters[1]]

    try:
        assert asyncio.run(scene()) == [True, True]
    finally:
        redis_server.start()


def test_notify_backs_off_from_an_unavailable_redis() -> None:
    now = [0.0]
    notifications = RedisNotifications(
        "redis://127.0.0.1:9/0", Ledger(), publish_backoff_s=5.0, clock=lambda: now[0]
    )
    received: list[str] = []
    real = notifications._publisher.publish
    notifications._publisher.publish = lambda channel, job: (
        received.append(job),
        real(channel, job),
    )
    for now[0], job in ((0.0, "j1"), (4.9, "j2"), (5.1, "j3")):
        notifications.notify(job)
    assert received == ["j1", "j3"]


def test_invalid_redis_url_is_named() -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_REDIS_URL"):
        open_notifications(StoreSettings(redis_url="http://:secret@host"), Ledger().jobs)


def test_polling_is_used_without_a_redis_url() -> None:
    assert isinstance(open_notifications(StoreSettings(), Ledger().jobs), PollingNotifications)
