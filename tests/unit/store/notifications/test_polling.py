"""The ledger is asked for all who wait at once, and only while somebody waits."""

import asyncio
from collections.abc import Collection

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.notifications import PollingWakeups

LONG_S = 30.0


class Ledger:
    """Notes what it is asked, and may be away for the first few times."""

    def __init__(self, ended: Collection[str] = (), *, away: int = 0) -> None:
        self.asked: list[set[str]] = []
        self._ended = set(ended)
        self._away = away

    def ended(self, job_ids: Collection[str]) -> set[str]:
        self.asked.append(set(job_ids))
        if len(self.asked) <= self._away:
            raise FarmUnavailable("the database restarts")
        return self._ended & set(job_ids)


def test_all_who_wait_are_served_by_one_question() -> None:
    ledger = Ledger(ended={f"j{number}" for number in range(50)})
    wakeups = PollingWakeups(ledger, every_s=0.01)

    async def scene() -> list[bool]:
        return await asyncio.gather(*(wakeups.wait(f"j{n}", LONG_S) for n in range(50)))

    assert asyncio.run(scene()) == [True] * 50
    assert len(ledger.asked) <= 2


def test_nobody_is_asked_when_nobody_waits() -> None:
    ledger = Ledger(ended={"j1"})
    wakeups = PollingWakeups(ledger, every_s=0.001)

    async def scene() -> int:
        await wakeups.wait("j1", LONG_S)
        poller = wakeups._poller
        assert poller is not None
        await poller
        return len(ledger.asked)

    assert asyncio.run(scene()) == 1


def test_who_was_woken_and_has_not_left_yet_is_not_woken_again() -> None:
    wakeups = PollingWakeups(Ledger(), every_s=10)

    async def scene() -> bool:
        waiting = asyncio.create_task(wakeups.wait("j1", LONG_S))
        await asyncio.sleep(0)  # it has begun to wait
        for _ in range(2):
            wakeups._wake({"j1"})
        return await waiting

    assert asyncio.run(scene())


def test_a_ledger_that_is_away_for_a_while_is_asked_again() -> None:
    ledger = Ledger(ended={"j1"}, away=2)
    wakeups = PollingWakeups(ledger, every_s=0.001, trouble_s=0.001)
    assert asyncio.run(wakeups.wait("j1", LONG_S))
    assert len(ledger.asked) == 3


def test_it_serves_one_event_loop_after_another() -> None:
    ledger = Ledger(ended={"j1"})
    wakeups = PollingWakeups(ledger, every_s=10)
    for _ in range(2):
        assert asyncio.run(wakeups.wait("j1", LONG_S))
