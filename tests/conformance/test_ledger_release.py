"""Queued jobs go to the broker once, oldest first, and are counted until they are claimed."""

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_store.ledger import Ledger


def test_the_oldest_are_released_first(ledger: Ledger) -> None:
    ids = [ledger.insert(new_job()).id for _ in range(3)]
    assert [job.id for job in ledger.releasable(2)] == ids[:2]


def test_what_was_released_is_not_released_again(ledger: Ledger) -> None:
    first, second = (ledger.insert(new_job()).id for _ in range(2))
    ledger.released([first])
    assert [job.id for job in ledger.releasable(10)] == [second]


def test_released_jobs_are_outstanding_until_they_are_claimed(ledger: Ledger) -> None:
    ids = [ledger.insert(new_job()).id for _ in range(3)]
    assert ledger.outstanding() == 0
    ledger.released(ids)
    assert ledger.outstanding() == 3
    ledger.claim(ids[0], worker="w1", lease_s=60)
    ledger.ask_cancel(ids[1], tenant=TENANT)
    assert ledger.outstanding() == 1


def test_presets_are_released_and_counted_apart(ledger: Ledger) -> None:
    demo, fast = (ledger.insert(new_job(preset=preset)).id for preset in ("demo", "fast"))
    assert [job.id for job in ledger.releasable(10, preset="fast")] == [fast]
    ledger.released([demo])
    assert (ledger.outstanding(preset="demo"), ledger.outstanding(preset="fast")) == (1, 0)


def test_a_job_that_was_claimed_before_it_was_noted_as_released_is_not_outstanding(
    ledger: Ledger, running: Job
) -> None:
    ledger.released([running.id])
    assert ledger.outstanding() == 0


def test_a_job_given_back_is_released_again(ledger: Ledger, queued: Job) -> None:
    ledger.released([queued.id])
    ledger.claim(queued.id, worker="w1", lease_s=60)
    ledger.requeue(queued.id, attempt=1, problem=EngineFailed())
    assert [job.id for job in ledger.releasable(10)] == [queued.id]


def test_releasing_nothing_is_fine(ledger: Ledger, queued: Job) -> None:
    ledger.released([])
    assert [job.id for job in ledger.releasable(10)] == [queued.id]


def test_of_two_dispatchers_one_releases_a_job(ledger: Ledger, queued: Job) -> None:
    assert ledger.released([queued.id]) == {queued.id}
    assert ledger.released([queued.id]) == set()


def test_a_job_that_the_broker_did_not_take_is_released_again(ledger: Ledger, queued: Job) -> None:
    ledger.released([queued.id])
    ledger.withdrawn([queued.id])
    assert [job.id for job in ledger.releasable(10)] == [queued.id]
    assert ledger.outstanding() == 0
