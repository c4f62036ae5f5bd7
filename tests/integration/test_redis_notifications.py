"""Wake-ups by a Redis that comes and goes."""

import asyncio
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import pytest

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_store.notifications import PollingWakeups, open_wakeups
from whisperfarm_store.notifications.redis import RedisWakeups
from whisperfarm_store.settings import StoreSettings

if TYPE_CHECKING:
    from tests.servers.redis import RedisServer

LONG_S, WITHIN_S = 60.0, 50.0


class Ledger:
    """A ledger that knows what it is told, and counts how often it is asked."""

    def __init__(self) -> None:
        self.over: set[str] = set()
        self.asked = 0

    def ended(self, job_ids: Collection[str]) -> set[str]:
        self.asked += 1
        return self.over & set(job_ids)


async def _until(wakeups: RedisWakeups, hears: bool) -> None:
    end = time.monotonic() + WITHIN_S
    while wakeups._listener.hears is not hears:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def test_a_word_of_another_process_wakes_without_the_ledger(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    waiting = RedisWakeups(redis_server.url, ledger, there_s=LONG_S, away_s=LONG_S)
    telling = RedisWakeups(redis_server.url, Ledger())

    async def scene() -> bool:
        waiter = asyncio.create_task(waiting.wait("j1", LONG_S))
        await asyncio.sleep(0)
        await _until(waiting, hears=True)
        await asyncio.to_thread(telling.tell, "j1")
        return await waiter

    began = time.monotonic()
    assert asyncio.run(scene())
    assert time.monotonic() - began < WITHIN_S


def test_all_who_wait_share_one_connection_and_few_questions(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    wakeups = RedisWakeups(redis_server.url, ledger, there_s=LONG_S, away_s=LONG_S)

    async def scene() -> int:
        waiters = [asyncio.create_task(wakeups.wait(f"j{n}", LONG_S)) for n in range(100)]
        await asyncio.sleep(0)
        await _until(wakeups, hears=True)
        subscribers = await asyncio.to_thread(wakeups._teller.pubsub_numsub, "whisperfarm.ended")
        for number in range(100):
            wakeups.tell(f"j{number}")
        assert all(await asyncio.gather(*waiters))
        return int(subscribers[0][1])

    assert asyncio.run(scene()) == 1
    assert ledger.asked <= 3


def test_without_redis_the_ledger_is_asked_often(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    wakeups = RedisWakeups("redis://127.0.0.1:9/0", ledger, there_s=LONG_S, away_s=0.01)

    async def scene() -> bool:
        waiter = asyncio.create_task(wakeups.wait("j1", LONG_S))
        while ledger.asked < 3:
            await asyncio.sleep(0.01)
        ledger.over.add("j1")
        return await waiter

    assert asyncio.run(scene())


def test_a_word_that_was_lost_only_costs_time(redis_server: "RedisServer") -> None:
    ledger = Ledger()
    wakeups = RedisWakeups(redis_server.url, ledger, there_s=0.01, away_s=LONG_S)

    async def scene() -> bool:
        waiter = asyncio.create_task(wakeups.wait("j1", LONG_S))
        await asyncio.sleep(0)
        await _until(wakeups, hears=True)
        ledger.over.add("j1")  # and nobody tells
        return await waiter

    assert asyncio.run(scene())


def test_it_listens_again_when_redis_is_back_and_looks_at_what_it_missed(
    redis_server: "RedisServer",
) -> None:
    ledger = Ledger()
    wakeups = RedisWakeups(redis_server.url, ledger, there_s=LONG_S, away_s=LONG_S)

    async def scene() -> list[bool]:
        waiters = [asyncio.create_task(wakeups.wait(name, LONG_S)) for name in ("j1", "j2")]
        await asyncio.sleep(0)
        await _until(wakeups, hears=True)
        await asyncio.to_thread(redis_server.kill)
        await _until(wakeups, hears=False)
        ledger.over.add("j1")
        await asyncio.to_thread(redis_server.start)
        await _until(wakeups, hears=True)
        first = await waiters[0]
        await asyncio.to_thread(RedisWakeups(redis_server.url, Ledger()).tell, "j2")
        return [first, await waiters[1]]

    try:
        assert asyncio.run(scene()) == [True, True]
    finally:
        redis_server.start()


def test_telling_a_redis_that_is_away_costs_little_and_is_not_tried_each_time() -> None:
    now = [0.0]
    wakeups = RedisWakeups("redis://127.0.0.1:9/0", Ledger(), mute_s=5.0, clock=lambda: now[0])
    told: list[str] = []
    real = wakeups._teller.publish
    wakeups._teller.publish = lambda channel, job: (told.append(job), real(channel, job))
    for now[0], job in ((0.0, "j1"), (4.9, "j2"), (5.1, "j3")):
        wakeups.tell(job)
    assert told == ["j1", "j3"]


def test_an_address_that_can_not_be_one_is_named() -> None:
    with pytest.raises(SettingsWrong, match="WHISPERFARM_REDIS_URL"):
        open_wakeups(StoreSettings(redis_url="http://:secret@host"), Ledger())


def test_without_a_redis_the_ledger_is_polled() -> None:
    assert isinstance(open_wakeups(StoreSettings(), Ledger()), PollingWakeups)
