"""Usage is the sum of all jobs by day, tenant and key, also of those that were deleted."""

from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import update

from tests.support.jobs import new_job
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import DAY_S, Ledger, UsageOfDay
from whisperfarm_store.ledger.db.tables import jobs

DAY = 20_000
BYTES = new_job().audio.size_bytes


def insert(
    ledger: Ledger, *, day: float = DAY, tenant: str = "north", key: str | None = "key-1"
) -> str:
    """Insert a job that was submitted on this day. Returns its id."""
    job = ledger.jobs.insert(replace(new_job(tenant=tenant), key_id=key))
    with ledger.database.write() as connection:
        moved = update(jobs).where(jobs.c.id == job.id).values(created_at=day * DAY_S)
        connection.execute(moved)
    return job.id


def succeed(ledger: Ledger, job_id: str) -> None:
    claimed = ledger.attempts.claim(job_id, worker="w", lease_s=60)
    assert claimed is not None
    ledger.attempts.succeed(
        job_id, attempt=claimed.attempt, result_key="r", audio_s=10.5, speech_s=4.25
    )


def fail(ledger: Ledger, job_id: str) -> None:
    assert ledger.attempts.claim(job_id, worker="w", lease_s=60) is not None
    ledger.attempts.fail(job_id, attempt=1, problem=EngineFailed("no"))


def usage(ledger: Ledger, tenant: str | None = None) -> list[UsageOfDay]:
    return ledger.usage.list(first_day=DAY, last_day=DAY + 1, tenant=tenant)


def delete_jobs(ledger: Ledger) -> int:
    with ledger.database.write() as connection:
        connection.execute(update(jobs).values(audio_deleted_at=1.0, result_deleted_at=1.0))
    return ledger.retention.delete_jobs(after_s=-60, limit=100)


def test_jobs_count_by_day_tenant_key_and_state(ledger: Ledger) -> None:
    succeed(ledger, insert(ledger))
    succeed(ledger, insert(ledger, day=DAY + 0.99999))
    fail(ledger, insert(ledger))
    insert(ledger, key=None)
    insert(ledger, day=DAY + 1)
    insert(ledger, tenant="south")
    for outside in (DAY - 0.00001, DAY + 2):
        insert(ledger, day=outside)
    first = UsageOfDay(
        tenant="north",
        day=DAY,
        key_id="key-1",
        jobs={JobState.SUCCEEDED: 2, JobState.FAILED: 1},
        audio_s=21.0,
        speech_s=8.5,
        audio_bytes=3 * BYTES,
        stored_bytes=3 * BYTES,
    )
    found = usage(ledger)
    assert first in found
    assert [(one.day, one.tenant, one.key_id, one.jobs) for one in found if one != first] == [
        (DAY, "north", "", {JobState.QUEUED: 1}),
        (DAY, "south", "key-1", {JobState.QUEUED: 1}),
        (DAY + 1, "north", "key-1", {JobState.QUEUED: 1}),
    ]
    assert usage(ledger, "south") == [one for one in found if one.tenant == "south"]
    assert usage(ledger, "west") == []


def test_usage_of_deleted_jobs_is_kept(ledger: Ledger) -> None:
    for _ in range(2):  # the second time, the row of the table exists
        succeed(ledger, insert(ledger))
        fail(ledger, insert(ledger))
        [before] = usage(ledger)
        assert delete_jobs(ledger) == 2
        [after] = usage(ledger)
        assert after == replace(before, stored_bytes=0)
    assert after.jobs == {JobState.SUCCEEDED: 2, JobState.FAILED: 2}
    succeed(ledger, insert(ledger))
    [mixed] = usage(ledger)
    assert (mixed.audio_s, mixed.speech_s) == (31.5, 12.75)
    assert (mixed.audio_bytes, mixed.stored_bytes) == (5 * BYTES, BYTES)


@pytest.mark.parametrize("deleters", [4])
def test_jobs_that_several_dispatchers_delete_count_once(ledger: Ledger, deleters: int) -> None:
    for number in range(12):
        succeed(ledger, insert(ledger, key=f"key-{number % 3}"))
    threads = [Thread(target=delete_jobs, args=(ledger,)) for _ in range(deleters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.jobs for one in usage(ledger)] == [{JobState.SUCCEEDED: 4}] * 3


def test_job_knows_the_key_that_submitted_it(ledger: Ledger) -> None:
    assert ledger.jobs.get(insert(ledger)).key_id == "key-1"
    assert ledger.jobs.get(insert(ledger, key=None)).key_id is None


def test_use_of_today_is_that_of_tenant_or_key(ledger: Ledger) -> None:
    made = [
        ledger.jobs.insert(replace(new_job(tenant=tenant), key_id=key)).id
        for tenant, key in (("north", "key-1"), ("north", "key-2"), ("south", "key-1"))
    ]
    insert(ledger)  # on another day
    succeed(ledger, made[0])
    for _ in range(2):  # the second time without the row of the first job
        use, of_key = (ledger.usage.today("north", key_id=key) for key in (None, "key-1"))
        assert (use.jobs, of_key.jobs) == (2, 1)
        assert of_key.audio_s == 10.5
        assert 10.5 < use.audio_s < 20  # the length of the other one is estimated
        assert 0 < use.left_s <= DAY_S
        assert delete_jobs(ledger) in {0, 1}
    assert ledger.usage.today("west").jobs == 0
