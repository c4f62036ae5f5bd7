"""A farm is lost with its machine, and goes on elsewhere from its backup."""

import shutil
from pathlib import Path

import pytest

from tests.support.farm import started
from tests.support.farm_command import whisperfarm

pytestmark = pytest.mark.slow

SETTINGS = {"WHISPERFARM_RESULT_CACHE": "false", "WHISPERFARM_CONCURRENCY": "1"}


def test_jobs_go_on_elsewhere_after_the_loss_of_a_machine(
    tmp_path: Path, support_call: Path
) -> None:
    first, other, folder = tmp_path / "first", tmp_path / "other", tmp_path / "backup"
    log = tmp_path / "farm.log"
    with started(first, log=log, **SETTINGS) as farm:
        finished = farm.submit(support_call)
        farm.ended(finished)
        transcript = farm.result(finished).json()
        running, queued = (farm.submit(support_call) for _ in range(2))
        farm.running(running)
        made = whisperfarm("backup", folder, "--data-dir", first)
        assert made.returncode == 0, made.stderr
        assert "3 jobs, 5 new blobs" in made.stdout
    shutil.rmtree(first)
    restored = whisperfarm("restore", folder, "--data-dir", other)
    assert restored.returncode == 0, restored.stderr
    checked = whisperfarm("fsck", "--verify", "--data-dir", other)
    assert (checked.returncode, checked.stdout) == (0, "checked 5 blobs: all consistent\n")
    with started(other, log=log, **SETTINGS) as farm:
        assert farm.result(finished).json() == transcript
        for job_id in (running, queued):
            assert farm.ended(job_id)["state"] == "succeeded"
            assert farm.result(job_id).json()["text"] == transcript["text"]
    assert whisperfarm("fsck", "--verify", "--data-dir", other).returncode == 0
