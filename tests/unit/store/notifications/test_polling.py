"""One query serves all waiters, and there are no queries without waiters."""

import asyncio
from collections.abc import Collection

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.notifications import PollingNotifications

LONG_S = 30.0


class Ledger:
    """Records queries; the first ones may fail."""

    def __init__(self, finished_among: Collection[str] = (), *, away: int = 0) -> None:
        self.jobs = self
        self.asked: list[set[str]] = []
        self._ended = set(finished_among)
        self._away = away

    def finished_among(self, job_ids: Collection[str]) -> set[str]:
        self.asked.append(set(job_ids))
        if len(self.asked) <= self._away:
            raise FarmUnavailable("the database restarts")
        return self._ended & set(job_ids)


def test_waiters_share_one_query() -> None:
    ledger = Ledger(finished_among={f"j{number}" for number in range(50)})
    notifications = PollingNotifications(ledger.jobs, interval_s=0.01)

    async def scene() -> list[bool]:
        return await asyncio.gather(*(notifications.wait(f"j{n}", LONG_S) for n in range(50)))

    assert asyncio.run(scene()) == [True] * 50
    assert len(ledger.asked) <= 2


def test_ledger_is_not_polled_without_waiters() -> None:
    ledger = Ledger(finished_among={"j1"})
    notifications = PollingNotifications(ledger.jobs, interval_s=0.001)

    async def scene() -> int:
        await notifications.wait("j1", LONG_S)
        poller = notifications._poller
        assert poller is not None
        await poller
        return len(ledger.asked)

    assert asyncio.run(scene()) == 1


def test_waiter_is_woken_once() -> None:
    notifications = PollingNotifications(Ledger().jobs, interval_s=10)

    async def scene() -> bool:
        waiting = asyncio.create_task(notifications.wait("j1", LONG_S))
        await asyncio.sleep(0)  # the waiter has started to wait
        for _ in range(2):
            notifications._wake({"j1"})
        return await waiting

    assert asyncio.run(scene())


def test_polling_survives_an_unavailable_ledger() -> None:
    ledger = Ledger(finished_among={"j1"}, away=2)
    notifications = PollingNotifications(ledger.jobs, interval_s=0.001, retry_s=0.001)
    assert asyncio.run(notifications.wait("j1", LONG_S))
    assert len(ledger.asked) == 3


def test_notifications_work_in_a_second_event_loop() -> None:
    ledger = Ledger(finished_among={"j1"})
    notifications = PollingNotifications(ledger.jobs, interval_s=10)
    for _ in range(2):
        assert asyncio.run(notifications.wait("j1", LONG_S))
