"""The worker's process: readiness, jobs and shutdown."""

import json
import re
import signal
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.worker.farm import WITHIN_S, WorkerFarm
from tests.servers.collector import Collector
from tests.support.environment import environment
from tests.support.jobs import TENANT
from tests.support.recordings import SUPPORT_CALL
from tests.support.waiting import until
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import MissingModel
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import open_blobs
from whisperfarm_worker.process.server import serve
from whisperfarm_worker.settings import WorkerSettings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _long_call(times: int = 60) -> bytes:
    """Return the sample call repeated `times` times; sixty are half an hour."""
    with wave.open(str(SUPPORT_CALL)) as file:
        samples = file.readframes(-1)
    size = len(samples) * times
    head = SUPPORT_CALL.read_bytes()[:44]
    return head[:40] + size.to_bytes(4, "little") + samples * times


def test_worker_runs_its_jobs_and_drains(farm: WorkerFarm, collector: Collector) -> None:
    worker = farm.start(drain_s=0.5, traces_url=collector.url)
    farm.ready()
    short = farm.submit(SUPPORT_CALL.read_bytes())
    assert farm.in_state(short, JobState.SUCCEEDED).attempt == 1
    long = farm.submit(_long_call())
    farm.in_state(long, JobState.RUNNING)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WITHIN_S) == 0
    job = farm.ledger.jobs.get(long)
    assert (job.state, job.attempt, job.max_attempts) == (JobState.QUEUED, 1, 3)
    assert farm.ledger.workers.list_live(within_s=60) == []
    assert list(farm.settings.scratch_path.iterdir()) == []
    assert "Running in OFFLINE mode" in farm.log()
    assert farm.log().count("Model loaded successfully") == 4
    outcomes = [
        (one.trace_id, one.attributes["whisperfarm.outcome"])
        for one in collector.came
        if one.name == "attempt"
    ]
    traces = [job_id.replace("-", "") for job_id in (short, long)]
    assert outcomes == list(zip(traces, ("succeeded", "requeued"), strict=True))


def test_drain_during_loading_exits_at_once(farm: WorkerFarm) -> None:
    worker = farm.start()
    until(lambda: farm.ledger.workers.list_live(within_s=60), "a heartbeat", within_s=WITHIN_S)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WITHIN_S) == 0
    assert farm.ledger.workers.list_live(within_s=60) == []


def test_worker_without_models_does_not_start(tmp_path: Path) -> None:
    settings = WorkerSettings(data_dir=tmp_path, presets=("fast",))
    with pytest.raises(MissingModel, match=r"tiny/model\.bin") as caught:
        serve(settings, bundled_models=None)
    assert caught.value.exit_code == 78


_ENOUGH = 4


def _checkpointed(farm: WorkerFarm, job_id: str) -> int:
    """Return how many windows the job's checkpoints contain."""
    blobs = open_blobs(farm.settings)
    for key in blobs.keys(f"checkpoints/{TENANT}/{job_id}/"):
        with blobs.open(key) as file:
            return len(json.loads(file.read())["texts"]["values"])
    return 0


def test_attempt_after_a_kill_resumes_from_the_checkpoint(
    farm: WorkerFarm,
) -> None:
    given = {"checkpoint_s": 0.01, "batch_size": 2, "lease_s": 4, "result_cache": "false"}
    killed = farm.start(**given)
    farm.ready()
    call = _long_call(times=4)
    unbroken = farm.in_state(farm.submit(call, diarize=False), JobState.SUCCEEDED)
    job_id = farm.submit(call, diarize=False)
    until(lambda: _checkpointed(farm, job_id) >= _ENOUGH, "a checkpoint", within_s=WITHIN_S)
    killed.kill()
    killed.wait()
    farm.start(**given)

    def rescued() -> Job | None:
        for job in farm.ledger.dispatch.rescue(redispatch_after_s=WITHIN_S):
            farm.publisher.publish([job.id], job.preset)
            return job
        return None

    until(rescued, "the lease to run out", within_s=WITHIN_S)
    ended = farm.in_state(job_id, JobState.SUCCEEDED)
    whole, resumed = (farm.transcript(job) for job in (unbroken, ended))
    assert ended.attempt == 2
    assert ended.worker_deaths == 1
    recalled = resumed.provenance["windows_from_checkpoint"]
    assert recalled >= _ENOUGH
    assert resumed.provenance["speech_from_checkpoint"] is True
    assert replace(resumed, provenance={}) == replace(whole, provenance={})
    assert list(open_blobs(farm.settings).keys("checkpoints/")) == []


def _command(farm: WorkerFarm, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "whisperfarm", *arguments],
        env=environment(WHISPERFARM_DATA_DIR=str(farm.settings.data_dir)),
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
    )


def test_drain_requeues_unfinished_jobs_and_is_awaited(
    farm: WorkerFarm,
) -> None:
    worker = farm.start(drain_s=0.5, checkpoint_s=3600)
    farm.ready()
    long = farm.submit(_long_call())
    farm.in_state(long, JobState.RUNNING)
    assert "ready" in _command(farm, "workers").stdout
    drained = _command(farm, "drain", "--here", "--wait", "--timeout", str(WITHIN_S))
    assert drained.returncode == 0, drained.stderr
    assert "all workers have ended" in drained.stdout
    assert worker.wait(WITHIN_S) == 0
    job = farm.ledger.jobs.get(long)
    assert (job.state, job.attempt, job.max_attempts, job.worker_deaths) == (
        JobState.QUEUED,
        1,
        3,
        0,
    )
    assert "no worker to drain" in _command(farm, "drain", "--here", "--wait").stdout


def test_sigterm_does_not_cut_a_requested_drain_short(
    farm: WorkerFarm,
) -> None:
    worker = farm.start(drain_s=WITHIN_S, batch_size=1)
    farm.ready()
    job_id = farm.submit(_long_call(times=3), diarize=False)
    farm.in_state(job_id, JobState.RUNNING)
    farm.ledger.workers.request_drain(
        [heartbeat.name for heartbeat in farm.ledger.workers.list_live(within_s=60)]
    )
    until(lambda: "worker.draining" in farm.log(), "the drain", within_s=WITHIN_S)
    assert re.search(r"worker\.draining .*jobs=1\b", farm.log())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WITHIN_S) == 0
    job = farm.ledger.jobs.get(job_id)
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 1)


def test_cancelled_job_frees_the_model(farm: WorkerFarm) -> None:
    farm.start(batch_size=1, log_level="debug")
    farm.ready()
    job_id = farm.submit(_long_call(times=10))
    until(
        lambda: "transcribe" in str(farm.ledger.jobs.get(job_id).progress),
        "its transcription",
        within_s=WITHIN_S,
    )
    farm.ledger.jobs.request_cancel(job_id, tenant=TENANT)
    ended = farm.in_state(job_id, JobState.CANCELLED)
    assert ended.result_key is None
    short = farm.submit(SUPPORT_CALL.read_bytes())
    assert farm.in_state(short, JobState.SUCCEEDED).attempt == 1
