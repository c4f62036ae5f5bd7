"""Queued jobs go to the broker once, oldest first, and are counted until they are claimed."""

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_store.ledger import Ledger


def test_list_dispatchable_is_oldest_first(ledger: Ledger) -> None:
    ids = [ledger.insert(new_job()).id for _ in range(3)]
    assert [job.id for job in ledger.list_dispatchable(2)] == ids[:2]


def test_dispatched_job_is_not_dispatchable(ledger: Ledger) -> None:
    first, second = (ledger.insert(new_job()).id for _ in range(2))
    ledger.mark_dispatched([first])
    assert [job.id for job in ledger.list_dispatchable(10)] == [second]


def test_count_dispatched_excludes_claimed_jobs(ledger: Ledger) -> None:
    ids = [ledger.insert(new_job()).id for _ in range(3)]
    assert ledger.count_dispatched() == 0
    ledger.mark_dispatched(ids)
    assert ledger.count_dispatched() == 3
    ledger.claim(ids[0], worker="w1", lease_s=60)
    ledger.request_cancel(ids[1], tenant=TENANT)
    assert ledger.count_dispatched() == 1


def test_dispatch_is_per_preset(ledger: Ledger) -> None:
    demo, fast = (ledger.insert(new_job(preset=preset)).id for preset in ("demo", "fast"))
    assert [job.id for job in ledger.list_dispatchable(10, preset="fast")] == [fast]
    ledger.mark_dispatched([demo])
    assert (ledger.count_dispatched(preset="demo"), ledger.count_dispatched(preset="fast")) == (
        1,
        0,
    )


def test_mark_dispatched_ignores_a_claimed_job(ledger: Ledger, running: Job) -> None:
    ledger.mark_dispatched([running.id])
    assert ledger.count_dispatched() == 0


def test_requeued_job_is_dispatchable(ledger: Ledger, queued: Job) -> None:
    ledger.mark_dispatched([queued.id])
    ledger.claim(queued.id, worker="w1", lease_s=60)
    ledger.requeue(queued.id, attempt=1, problem=EngineFailed())
    assert [job.id for job in ledger.list_dispatchable(10)] == [queued.id]


def test_mark_dispatched_accepts_no_jobs(ledger: Ledger, queued: Job) -> None:
    ledger.mark_dispatched([])
    assert [job.id for job in ledger.list_dispatchable(10)] == [queued.id]


def test_concurrent_mark_dispatched_gives_one_winner(ledger: Ledger, queued: Job) -> None:
    assert ledger.mark_dispatched([queued.id]) == {queued.id}
    assert ledger.mark_dispatched([queued.id]) == set()


def test_unmark_dispatched_makes_a_job_dispatchable(ledger: Ledger, queued: Job) -> None:
    ledger.mark_dispatched([queued.id])
    ledger.unmark_dispatched([queued.id])
    assert [job.id for job in ledger.list_dispatchable(10)] == [queued.id]
    assert ledger.count_dispatched() == 0
