"""One run of dispatch, with a real ledger."""

from collections.abc import Sequence

import pytest
import uuid6

from tests.integration.dispatcher.farm import Recorder
from tests.support.concurrency import run_concurrently
from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.maintenance.dispatch import Dispatch
from whisperfarm_dispatcher.order.slots import MIN_IN_QUEUE
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat


@pytest.fixture
def publisher() -> Recorder:
    return Recorder()


@pytest.fixture
def retry_quarantined(ledger: Ledger, publisher: Recorder) -> Dispatch:
    return Dispatch(ledger, publisher, presets=("demo", "small"), live_within_s=60)


def accepted(ledger: Ledger, count: int, *, preset: str = "demo") -> list[str]:
    """Insert `count` jobs. Returns their ids."""
    return [ledger.jobs.insert(_job(preset)).id for _ in range(count)]


def _job(preset: str) -> Job:
    return Job(
        id=str(uuid6.uuid7()),
        tenant="default",
        state=JobState.QUEUED,
        preset=preset,
        options=Options(),
        audio=Audio(key="audio/default/x", sha256="ab" * 32, size_bytes=1),
        created_at=0,
    )


def ids(publisher: Recorder) -> list[str]:
    return [job_id for job_id, _ in publisher.now]


def test_jobs_are_dispatched_once_oldest_first(
    ledger: Ledger, retry_quarantined: Dispatch, publisher: Recorder
) -> None:
    jobs = accepted(ledger, 10)
    for _ in range(3):
        retry_quarantined.run_once()
    assert publisher.now == [(job, "demo") for job in jobs]


def test_broker_queue_is_bounded(
    ledger: Ledger, retry_quarantined: Dispatch, publisher: Recorder
) -> None:
    jobs = accepted(ledger, MIN_IN_QUEUE + 5)
    for _ in range(3):
        retry_quarantined.run_once()
    assert ids(publisher) == jobs[:MIN_IN_QUEUE]
    for job in jobs[:2]:
        ledger.attempts.claim(job, worker="w", lease_s=60)
    retry_quarantined.run_once()
    assert ids(publisher) == jobs[: MIN_IN_QUEUE + 2]


def test_more_workers_get_more_jobs(
    ledger: Ledger, retry_quarantined: Dispatch, publisher: Recorder
) -> None:
    ledger.workers.record_heartbeat(
        WorkerHeartbeat(name="w", presets=("demo",), concurrency=12, pid=1, host="h", ready=True)
    )
    jobs = accepted(ledger, 30)
    retry_quarantined.run_once()
    assert ids(publisher) == jobs[:24]


def test_preset_without_workers_does_not_block_others(
    ledger: Ledger, retry_quarantined: Dispatch, publisher: Recorder
) -> None:
    accepted(ledger, MIN_IN_QUEUE + 5, preset="small")
    retry_quarantined.run_once()
    wanted = accepted(ledger, 1, preset="demo")
    retry_quarantined.run_once()
    assert [job for job, preset in publisher.now if preset == "demo"] == wanted


def test_jobs_of_an_unserved_preset_stay_queued(
    ledger: Ledger, retry_quarantined: Dispatch, publisher: Recorder
) -> None:
    [left] = accepted(ledger, 1, preset="premium")
    retry_quarantined.run_once()
    assert publisher.now == []
    assert ledger.jobs.get(left).state is JobState.QUEUED


def test_unpublished_jobs_are_dispatched_again(
    ledger: Ledger, retry_quarantined: Dispatch, publisher: Recorder
) -> None:
    jobs = accepted(ledger, 3)
    publisher.reachable = False
    with pytest.raises(FarmUnavailable):
        retry_quarantined.run_once()
    publisher.reachable = True
    retry_quarantined.run_once()
    assert ids(publisher) == jobs


def test_jobs_of_a_batch_that_failed_are_published_again(
    ledger: Ledger, publisher: Recorder
) -> None:
    jobs = accepted(ledger, 3)
    breaking = Breaking(after=2)
    with pytest.raises(FarmUnavailable):
        Dispatch(ledger, breaking, presets=("demo",), live_within_s=60).run_once()
    Dispatch(ledger, publisher, presets=("demo",), live_within_s=60).run_once()
    assert ids(breaking) == jobs[:2]
    assert ids(publisher) == jobs


class Breaking(Recorder):
    """A broker that fails after a few messages of a batch."""

    def __init__(self, *, after: int) -> None:
        super().__init__()
        self._left = after

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        super().publish(job_ids[: self._left], preset)
        raise FarmUnavailable("the broker does not answer")


def test_job_requeued_during_dispatch_is_dispatched_again(
    ledger: Ledger, publisher: Recorder
) -> None:
    [job] = accepted(ledger, 1)
    Dispatch(ledger, Hasty(ledger), presets=("demo",), live_within_s=60).run_once()
    Dispatch(ledger, publisher, presets=("demo",), live_within_s=60).run_once()
    assert ids(publisher) == [job]


class Hasty:
    """A broker whose worker claims and requeues a job before `publish` returns."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        [job_id] = job_ids
        claimed = self._ledger.attempts.claim(job_id, worker="w", lease_s=60)
        assert claimed is not None
        self._ledger.attempts.requeue(job_id, attempt=claimed.attempt)


def test_two_dispatchers_publish_a_job_once(ledger: Ledger, publisher: Recorder) -> None:
    jobs = accepted(ledger, MIN_IN_QUEUE)
    run_concurrently(
        4, lambda _: Dispatch(ledger, publisher, presets=("demo",), live_within_s=60).run_once()
    )
    assert sorted(ids(publisher)) == sorted(jobs)
