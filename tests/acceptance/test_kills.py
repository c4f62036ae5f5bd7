"""Killing a part loses no job."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests.support.environment import environment
from tests.support.farm import CLIENT, EmbeddedFarm
from tests.support.waiting import until

pytestmark = pytest.mark.slow


def repeated(source: Path, to: Path, times: int) -> Path:
    """Repeat the recording several times, so that the job takes a while."""
    with wave.open(str(source)) as one, wave.open(str(to), "wb") as many:
        many.setparams(one.getparams())
        frames = one.readframes(one.getnframes())
        for _ in range(times):
            many.writeframes(frames)
    return to


def test_client_gets_its_result_after_a_dispatcher_kill(
    farm: EmbeddedFarm, support_call: Path, tmp_path: Path
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


def running_jobs(farm: EmbeddedFarm) -> list[str]:
    """Return the ids of the running jobs."""
    answer = farm.http.get("/v1/jobs", params={"state": "running"})
    return [job["id"] for job in answer.json()["jobs"]]
