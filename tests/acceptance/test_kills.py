"""A part that is killed loses nothing."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests.support.environment import environment
from tests.support.farm import CLIENT, Farm
from tests.support.waiting import until

pytestmark = pytest.mark.slow


def repeated(source: Path, to: Path, times: int) -> Path:
    """The same recording several times over, so that it takes a while."""
    with wave.open(str(source)) as one, wave.open(str(to), "wb") as many:
        many.setparams(one.getparams())
        frames = one.readframes(one.getnframes())
        for _ in range(times):
            many.writeframes(frames)
    return to


def result_folders(farm: Farm, job_id: str) -> list[Path]:
    """The results that lie in the blob store for a job, one folder per attempt."""
    return [
        path.parent for path in farm.data_dir.glob(f"blobs/results/*/{job_id}/*/transcript.json")
    ]


def test_a_killed_workers_job_is_finished_by_the_next_worker_once(
    farm: Farm, support_call: Path, tmp_path: Path
) -> None:
    long_call = repeated(support_call, tmp_path / "long.wav", times=4)
    job_id = farm.submit(long_call, model="demo")
    farm.running(job_id)
    killed = farm.kill("worker")

    document = farm.ended(job_id, within_s=180)

    assert document["state"] == "succeeded"
    assert document["attempt"] == 2
    assert len(result_folders(farm, job_id)) == 1
    assert farm.pid_of("worker") != killed


def test_the_client_gets_its_result_although_the_dispatcher_is_killed_while_it_waits(
    farm: Farm, support_call: Path, tmp_path: Path
) -> None:
    long_call = repeated(support_call, tmp_path / "long.wav", times=3)
    command = [sys.executable, str(CLIENT), str(long_call), "--output_dir", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--output_format", "json"],
        env=environment(WHISPERFARM_URL=farm.url),
        stderr=subprocess.PIPE,
    ) as client:
        until(lambda: running_jobs(farm), "the client's job to run")
        farm.kill("dispatcher")
        _, complaint = client.communicate(timeout=180)

    assert client.returncode == 0, complaint
    once = json.loads((support_call.with_suffix(".json")).read_text(encoding="utf-8"))
    spoken = " ".join(turn["text"] for turn in once["turns"])
    written = json.loads((tmp_path / "long.json").read_text(encoding="utf-8"))
    assert written["text"].split() == spoken.split() * 3


def running_jobs(farm: Farm) -> list[str]:
    """Ids of the jobs that a worker has now."""
    answer = farm.http.get("/v1/jobs", params={"state": "running"})
    return [job["id"] for job in answer.json()["jobs"]]
