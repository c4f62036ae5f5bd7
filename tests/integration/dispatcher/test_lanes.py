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
from whisperfarm_dispatcher.maintenance.dispatch import MIN_IN_QUEUE, Dispatch
from whisperfarm_store.ledger import Ledger, Pause
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
        assert ledger.backlog.jobs_ahead(job).jobs == MIN_IN_QUEUE + older
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
    assert ledger.backlog.jobs_ahead(next_bulk).jobs == MIN_IN_QUEUE + 16
    dispatched = []
    for _ in range(17):
        dispatched.append(farm.dispatch_next())
        ledger.jobs.insert(in_lane("live"))
    assert [job_id for job_id in dispatched if job_id.startswith("bulk")] == [next_bulk.id]
    assert dispatched[-1] == next_bulk.id


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
