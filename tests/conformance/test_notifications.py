"""A waiting caller learns of its job's end, at once or by looking."""

import asyncio
import time

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.notifications import Wakeups

SOON_S, LONG_S = 0.05, 30.0


def _end(ledger: Ledger, wakeups: Wakeups, job_id: str) -> None:
    ledger.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    wakeups.tell(job_id)


def test_who_waits_is_woken_when_the_job_ends(
    ledger: Ledger, wakeups: Wakeups, running: Job
) -> None:
    async def scene() -> bool:
        waiting = asyncio.create_task(wakeups.wait(running.id, LONG_S))
        await asyncio.to_thread(_end, ledger, wakeups, running.id)
        return await waiting

    began = time.monotonic()
    assert asyncio.run(scene())
    assert time.monotonic() - began < LONG_S / 3


def test_a_job_that_has_ended_before_answers_at_once(
    ledger: Ledger, wakeups: Wakeups, running: Job
) -> None:
    _end(ledger, wakeups, running.id)
    assert asyncio.run(wakeups.wait(running.id, LONG_S))


def test_waiting_ends_when_its_time_is_over(wakeups: Wakeups, running: Job) -> None:
    assert not asyncio.run(wakeups.wait(running.id, SOON_S))


def test_all_who_wait_for_one_job_are_woken_and_no_others(
    ledger: Ledger, wakeups: Wakeups, running: Job
) -> None:
    other = ledger.insert(new_job())

    async def scene() -> tuple[list[bool], bool]:
        waiting = [asyncio.create_task(wakeups.wait(running.id, LONG_S)) for _ in range(20)]
        elsewhere = asyncio.create_task(wakeups.wait(other.id, LONG_S))
        await asyncio.to_thread(_end, ledger, wakeups, running.id)
        woken = await asyncio.gather(*waiting)
        still_waiting = not elsewhere.done()
        elsewhere.cancel()
        return woken, still_waiting

    assert asyncio.run(scene()) == ([True] * 20, True)


def test_a_caller_who_hangs_up_does_not_disturb_the_others(
    ledger: Ledger, wakeups: Wakeups, running: Job
) -> None:
    async def scene() -> bool:
        gone = asyncio.create_task(wakeups.wait(running.id, LONG_S))
        staying = asyncio.create_task(wakeups.wait(running.id, LONG_S))
        await asyncio.sleep(0)  # both have begun to wait
        gone.cancel()
        await asyncio.to_thread(_end, ledger, wakeups, running.id)
        return await staying

    assert asyncio.run(scene())


def test_telling_of_a_job_that_nobody_waits_for_is_fine(wakeups: Wakeups) -> None:
    wakeups.tell("nobody-waits")
