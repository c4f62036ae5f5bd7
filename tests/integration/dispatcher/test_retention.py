"""Audio and transcripts are deleted when they are old, and so are those that no job has."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import Farm, started
from tests.support.recordings import wav
from whisperfarm_dispatcher.maintenance.orphans import Orphans
from whisperfarm_dispatcher.maintenance.retention import Keep, Retention

AT_ONCE_DAYS, LONG_DAYS = 1e-9, 30.0


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    with started(tmp_path) as running:
        yield running


def sweep(farm: Farm, *, audio: float = 0.0, results: float = 0.0, jobs: float = 0.0) -> None:
    keep = Keep(audio_days=audio, results_days=results, jobs_days=jobs, idempotency_days=7)
    assert not Retention(farm.parts.ledger, farm.parts.blobs, keep).run_once()


def folders(farm: Farm) -> set[str]:
    return {key.partition("/")[0] for key in farm.blobs()}


def test_by_default_everything_is_kept(farm: Farm) -> None:
    farm.transcribed(wav())
    sweep(farm)
    assert folders(farm) == {"audio", "results"}


def test_audio_goes_and_the_transcript_stays(farm: Farm) -> None:
    job_id = farm.transcribed(wav())
    sweep(farm, audio=AT_ONCE_DAYS, results=LONG_DAYS)
    assert folders(farm) == {"results"}
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result").status_code == 200


def test_a_transcript_that_is_gone_is_told_to_be_expired(farm: Farm) -> None:
    job_id = farm.transcribed(wav())
    farm.parts.blobs.put(f"checkpoints/default/{job_id}/1", b"half")
    sweep(farm, results=AT_ONCE_DAYS)
    assert folders(farm) == {"audio"}
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result")
    assert (answer.status_code, answer.json()["name"]) == (410, "result-expired")
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}").json()["state"] == "succeeded"


def test_a_job_that_is_forgotten_takes_everything_along(farm: Farm) -> None:
    job_id, waiting = farm.transcribed(wav()), farm.submit(wav())["id"]
    sweep(farm, jobs=AT_ONCE_DAYS)
    assert [job.id for job in farm.jobs()] == [waiting]
    assert farm.blobs() == [f"audio/default/{waiting}"]
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}").status_code == 404


def test_old_blobs_that_no_job_has_are_deleted(farm: Farm) -> None:
    mine = farm.submit(wav())["id"]
    strays = ["audio/default/nobody", "results/default/nobody/1/transcript.json"]
    others = ["models/base/model.bin", "audio/notes"]
    for key in (*strays, *others):
        farm.parts.blobs.put(key, b"x")
    orphans = Orphans(farm.parts.ledger, farm.parts.blobs)
    orphans.run_once()
    assert set(farm.blobs()) == {f"audio/default/{mine}", *strays, *others}
    make_old(farm)
    orphans.run_once()
    assert set(farm.blobs()) == {f"audio/default/{mine}", *others}


def test_old_checkpoints_stay_only_for_jobs_that_may_go_on(farm: Farm) -> None:
    ended, waiting = farm.transcribed(wav()), farm.submit(wav())["id"]
    for job_id in (ended, waiting):
        farm.parts.blobs.put(f"checkpoints/default/{job_id}/1.json", b"{}")
    make_old(farm)
    Orphans(farm.parts.ledger, farm.parts.blobs).run_once()
    left = [key for key in farm.blobs() if key.startswith("checkpoints/")]
    assert left == [f"checkpoints/default/{waiting}/1.json"]
    assert len(farm.blobs()) == 4  # two recordings and a transcript beside it


def make_old(farm: Farm) -> None:
    before = time.time() - 25 * 3600
    for key in farm.blobs():
        os.utime(farm.parts.settings.data_dir / "blobs" / key, (before, before))
