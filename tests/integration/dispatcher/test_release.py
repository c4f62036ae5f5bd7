"""One round of giving out jobs, with a real ledger."""

import pytest
import uuid6

from tests.integration.dispatcher.farm import Recorder
from tests.support.threads import run_concurrently
from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.maintenance.dispatch import LEAST_OUT, Release
from whisperfarm_store.ledger import Ledger, WorkerSign


@pytest.fixture
def publisher() -> Recorder:
    return Recorder()


@pytest.fixture
def release(ledger: Ledger, publisher: Recorder) -> Release:
    return Release(ledger, publisher, presets=("demo", "small"), seen_within_s=60)


def accepted(ledger: Ledger, count: int, *, preset: str = "demo") -> list[str]:
    """The ids of so many new jobs."""
    return [ledger.insert(_job(preset)).id for _ in range(count)]


def _job(preset: str) -> Job:
    return Job(
        id=str(uuid6.uuid7()),
        tenant="default",
        state=State.QUEUED,
        preset=preset,
        options=Options(),
        audio=Audio(key="audio/default/x", sha256="ab" * 32, size_bytes=1),
        created_at=0,
    )


def ids(publisher: Recorder) -> list[str]:
    return [job_id for job_id, _ in publisher.now]


def test_jobs_are_published_once_oldest_first(
    ledger: Ledger, release: Release, publisher: Recorder
) -> None:
    jobs = accepted(ledger, 10)
    for _ in range(3):
        release.run_once()
    assert publisher.now == [(job, "demo") for job in jobs]


def test_the_broker_holds_no_more_than_is_useful(
    ledger: Ledger, release: Release, publisher: Recorder
) -> None:
    jobs = accepted(ledger, LEAST_OUT + 5)
    for _ in range(3):
        release.run_once()
    assert ids(publisher) == jobs[:LEAST_OUT]
    for job in jobs[:2]:
        ledger.claim(job, worker="w", lease_s=60)
    release.run_once()
    assert ids(publisher) == jobs[: LEAST_OUT + 2]


def test_more_workers_are_given_more(ledger: Ledger, release: Release, publisher: Recorder) -> None:
    ledger.worker_seen(
        WorkerSign(name="w", presets=("demo",), concurrency=12, pid=1, host="h", ready=True)
    )
    jobs = accepted(ledger, 30)
    release.run_once()
    assert ids(publisher) == jobs[:24]


def test_a_preset_that_nobody_does_holds_up_no_other(
    ledger: Ledger, release: Release, publisher: Recorder
) -> None:
    accepted(ledger, LEAST_OUT + 5, preset="small")
    release.run_once()
    wanted = accepted(ledger, 1, preset="demo")
    release.run_once()
    assert [job for job, preset in publisher.now if preset == "demo"] == wanted


def test_jobs_of_a_preset_that_is_not_served_stay_where_they_are(
    ledger: Ledger, release: Release, publisher: Recorder
) -> None:
    [left] = accepted(ledger, 1, preset="premium")
    release.run_once()
    assert publisher.now == []
    assert ledger.get(left).state is State.QUEUED


def test_what_the_broker_did_not_take_is_offered_again(
    ledger: Ledger, release: Release, publisher: Recorder
) -> None:
    jobs = accepted(ledger, 3)
    publisher.reachable = False
    with pytest.raises(FarmUnavailable):
        release.run_once()
    publisher.reachable = True
    release.run_once()
    assert ids(publisher) == jobs


def test_what_it_took_before_it_went_away_is_not_offered_again(
    ledger: Ledger, publisher: Recorder
) -> None:
    jobs = accepted(ledger, 3)
    breaking = Breaking(after=2)
    with pytest.raises(FarmUnavailable):
        Release(ledger, breaking, presets=("demo",), seen_within_s=60).run_once()
    Release(ledger, publisher, presets=("demo",), seen_within_s=60).run_once()
    assert ids(breaking) == jobs[:2]
    assert ids(publisher) == jobs[2:]


class Breaking(Recorder):
    """A broker that goes away after a few messages."""

    def __init__(self, *, after: int) -> None:
        super().__init__()
        self._left = after

    def publish(self, job_id: str, preset: str) -> None:
        self.reachable = self._left > 0
        self._left -= 1
        super().publish(job_id, preset)


def test_a_job_that_is_given_back_while_it_is_published_is_published_again(
    ledger: Ledger, publisher: Recorder
) -> None:
    [job] = accepted(ledger, 1)
    Release(ledger, Hasty(ledger), presets=("demo",), seen_within_s=60).run_once()
    Release(ledger, publisher, presets=("demo",), seen_within_s=60).run_once()
    assert ids(publisher) == [job]


class Hasty:
    """A broker whose worker has a job, and has given it back, before the publisher returns."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def publish(self, job_id: str, preset: str) -> None:
        claimed = self._ledger.claim(job_id, worker="w", lease_s=60)
        assert claimed is not None
        self._ledger.requeue(job_id, attempt=claimed.attempt)


def test_of_two_dispatchers_at_once_one_publishes_a_job(
    ledger: Ledger, publisher: Recorder
) -> None:
    jobs = accepted(ledger, LEAST_OUT)
    run_concurrently(
        4, lambda _: Release(ledger, publisher, presets=("demo",), seen_within_s=60).run_once()
    )
    assert sorted(ids(publisher)) == sorted(jobs)
