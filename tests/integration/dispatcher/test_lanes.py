"""Lanes: which queued jobs start first, their positions in the queue, and limits of tenants."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, Recorder, started
from tests.support.jobs import new_job
from tests.support.ledger import open_migrated
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_dispatcher.maintenance.dispatch import Dispatch
from whisperfarm_dispatcher.order.slots import MIN_IN_QUEUE
from whisperfarm_dispatcher.submission.backlog import Backlog
from whisperfarm_dispatcher.submission.quota import Quota
from whisperfarm_store.ledger import Ledger, Pause, WorkerHeartbeat
from whisperfarm_store.ledger.db.rows import new_row
from whisperfarm_store.ledger.db.tables import jobs

BULK_FILES = 10_000


def in_lane(lane: str, job_id: str = "") -> Job:
    return replace(new_job(job_id), policy=JobPolicy(lane=lane))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger with many old bulk jobs."""
    opened = open_migrated(f"sqlite:///{tmp_path}/ledger.sqlite")
    rows = [
        {**new_row(in_lane("bulk", f"bulk-{number:05d}")), "created_at": float(number)}
        for number in range(BULK_FILES)
    ]
    with opened.database.write() as connection:
        connection.execute(insert(jobs), rows)
    yield opened
    opened.close()


class Farm:
    """A dispatch loop, and workers that claim one job after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.publisher = Recorder()
        self.dispatch = Dispatch(ledger, self.publisher, presets=["demo"], live_within_s=60)
        self.backlog = Backlog(ledger, farm=Quota(), tenant=Quota())

    def ahead(self, job: Job) -> int:
        """Return the number of jobs that start before this one."""
        return self.backlog.position(self.ledger.jobs.get(job.id)).ahead.jobs

    def dispatch_next(self) -> str:
        """Claim the job that was dispatched first, and return the one that takes its place."""
        if not self.publisher.now:
            self.dispatch.run_once()
        claimed = len(self.publisher.now) - MIN_IN_QUEUE
        self.ledger.attempts.claim(self.publisher.now[claimed][0], worker="w", lease_s=60)
        self.dispatch.run_once()
        return self.publisher.now[-1][0]


def test_live_job_is_dispatched_before_ten_thousand_bulk_jobs(ledger: Ledger) -> None:
    farm = Farm(ledger)
    assert farm.dispatch_next() == f"bulk-{MIN_IN_QUEUE:05d}"
    standard, live = (ledger.jobs.insert(in_lane(lane)) for lane in ("standard", "live"))
    for job, older in ((live, 0), (standard, 1)):
        assert farm.ahead(job) == MIN_IN_QUEUE + older
    assert [farm.dispatch_next() for _ in range(3)] == [
        *(live.id, standard.id),
        f"bulk-{MIN_IN_QUEUE + 1:05d}",
    ]


def test_bulk_jobs_go_on_under_a_flood_of_live_jobs(ledger: Ledger) -> None:
    farm = Farm(ledger)
    farm.dispatch_next()
    next_bulk = ledger.jobs.get(f"bulk-{MIN_IN_QUEUE + 1:05d}")
    for _ in range(20):
        ledger.jobs.insert(in_lane("live"))
    assert farm.ahead(next_bulk) == MIN_IN_QUEUE + 16
    dispatched = []
    for _ in range(18):
        dispatched.append(farm.dispatch_next())
        ledger.jobs.insert(in_lane("live"))
    assert [job_id for job_id in dispatched if job_id.startswith("bulk")] == [next_bulk.id]


def test_tenant_with_ten_thousand_jobs_does_not_delay_another(ledger: Ledger) -> None:
    farm = Farm(ledger)
    farm.dispatch_next()
    single = replace(new_job(tenant="umbrella"), policy=JobPolicy(lane="bulk"))
    ledger.jobs.insert(single)
    assert farm.ahead(single) == MIN_IN_QUEUE
    assert single.id in [farm.dispatch_next() for _ in range(2)]


def test_job_whose_deadline_nears_is_dispatched_before_older_ones(ledger: Ledger) -> None:
    farm = Farm(ledger)
    farm.dispatch_next()
    due = replace(new_job(), policy=JobPolicy(lane="bulk", deadline_s=60))
    ledger.jobs.insert(due)
    assert farm.dispatch_next() == due.id


def test_long_recordings_leave_a_slot_for_calls(tmp_path: Path) -> None:
    ledger = open_migrated(f"sqlite:///{tmp_path}/ledger.sqlite")
    farm = Farm(ledger)
    ledger.workers.record_heartbeat(
        WorkerHeartbeat(name="w", presets=("demo",), concurrency=2, pid=1, host="h", ready=True)
    )
    call = ledger.jobs.insert(in_lane("live"))
    files = [ledger.jobs.insert(long_file()) for _ in range(3)]
    farm.dispatch.run_once()
    assert [job_id for job_id, _ in farm.publisher.now] == [call.id, files[0].id]
    for job in (call, files[0]):
        ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(call.id, attempt=1, result_key="r", audio_s=1.0)
    more = [ledger.jobs.insert(in_lane("live")) for _ in range(3)]
    farm.dispatch.run_once()
    assert [job_id for job_id, _ in farm.publisher.now[2:]] == [job.id for job in more]
    ledger.close()


def long_file() -> Job:
    file = in_lane("bulk")
    return replace(file, audio=replace(file.audio, duration_s=3 * 3600.0))


def test_new_job_has_the_position_of_its_lane(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, dispatch_interval_s=3600, rescue_interval_s=3600) as farm:
        farm.deps.ledger.pauses.set(Pause(accept=False))
        for _ in range(3):
            farm.submit(audio, lane="bulk")
        ahead = [
            farm.submit(audio, lane=lane)["ahead"]["jobs"]
            for lane in ("live", "standard", "live", "bulk")
        ]
        assert ahead == [0, 1, 1, 6]


def test_lane_is_a_part_of_the_job_and_limited_by_tenant(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, max_lanes=("live", "default=standard")) as farm:
        assert farm.submit(audio, lane="bulk")["policy"] == {"lane": "bulk"}
        assert farm.submit(audio)["policy"] == {}
        for form in (False, True):
            refused = submit_live(farm, audio, form=form)
            assert (refused.status_code, refused.json()["name"]) == (422, "invalid-option")
            assert refused.json()["detail"].startswith("lane: ")
        assert len(farm.blobs()) == 2


def submit_live(farm: DispatcherFarm, audio: bytes, *, form: bool) -> httpx.Response:
    url, fields = f"{farm.url}/v1/jobs", {"lane": "live"}
    if form:
        return farm.http.post(url, files={"file": audio}, data=fields)
    return farm.http.post(url, content=audio, headers=WAV, params=fields)
