"""Retention deletes old audio and transcripts, and blobs that belong to no job."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm_dispatcher.maintenance.orphans import OrphanCleanup
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy

AT_ONCE_DAYS, LONG_DAYS = 1e-9, 30.0


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    with started(tmp_path) as running:
        yield running


def sweep(
    farm: DispatcherFarm, *, audio: float = 0.0, results: float = 0.0, jobs: float = 0.0
) -> None:
    policy = RetentionPolicy(
        audio_days=audio, results_days=results, jobs_days=jobs, idempotency_days=7
    )
    assert not Retention(farm.deps.ledger, farm.deps.blobs, policy).run_once()


def folders(farm: DispatcherFarm) -> set[str]:
    return {key.partition("/")[0] for key in farm.blobs()}


def test_retention_keeps_everything_by_default(farm: DispatcherFarm) -> None:
    farm.transcribed(wav())
    sweep(farm)
    assert folders(farm) == {"audio", "results"}


def test_audio_is_deleted_before_the_transcript(farm: DispatcherFarm) -> None:
    job_id = farm.transcribed(wav())
    sweep(farm, audio=AT_ONCE_DAYS, results=LONG_DAYS)
    assert folders(farm) == {"results"}
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result").status_code == 200


def test_deleted_transcript_is_result_expired(farm: DispatcherFarm) -> None:
    job_id = farm.transcribed(wav())
    farm.deps.blobs.put(f"checkpoints/default/{job_id}/1", b"half")
    sweep(farm, results=AT_ONCE_DAYS)
    assert folders(farm) == {"audio"}
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result")
    assert (answer.status_code, answer.json()["name"]) == (410, "result-expired")
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}").json()["state"] == "succeeded"


def test_deleted_job_takes_its_blobs_along(farm: DispatcherFarm) -> None:
    job_id, waiting = farm.transcribed(wav()), farm.submit(wav())["id"]
    sweep(farm, jobs=AT_ONCE_DAYS)
    assert [job.id for job in farm.jobs()] == [waiting]
    assert farm.blobs() == [f"audio/default/{waiting}"]
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}").status_code == 404


def test_old_orphaned_blobs_are_deleted(farm: DispatcherFarm) -> None:
    mine = farm.submit(wav())["id"]
    strays = ["audio/default/unknown", "results/default/unknown/1/transcript.json"]
    others = ["models/base/model.bin", "audio/notes"]
    for key in (*strays, *others):
        farm.deps.blobs.put(key, b"x")
    orphans = OrphanCleanup(farm.deps.ledger, farm.deps.blobs)
    orphans.run_once()
    assert set(farm.blobs()) == {f"audio/default/{mine}", *strays, *others}
    make_old(farm)
    orphans.run_once()
    assert set(farm.blobs()) == {f"audio/default/{mine}", *others}


def test_checkpoints_of_finished_jobs_are_deleted(farm: DispatcherFarm) -> None:
    ended, waiting = farm.transcribed(wav()), farm.submit(wav())["id"]
    for job_id in (ended, waiting):
        farm.deps.blobs.put(f"checkpoints/default/{job_id}/1.json", b"{}")
    make_old(farm)
    OrphanCleanup(farm.deps.ledger, farm.deps.blobs).run_once()
    left = [key for key in farm.blobs() if key.startswith("checkpoints/")]
    assert left == [f"checkpoints/default/{waiting}/1.json"]
    assert len(farm.blobs()) == 4  # two recordings and a transcript


def make_old(farm: DispatcherFarm) -> None:
    before = time.time() - 25 * 3600
    for key in farm.blobs():
        os.utime(farm.deps.settings.data_dir / "blobs" / key, (before, before))
