"""A client that is killed leaves no job running."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.integration.dispatcher.farm import started
from tests.support.environment import environment
from tests.support.waiting import until
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.ledger.db.tables import poll_clock

pytestmark = pytest.mark.slow

LIMIT_S = 10.0


def clock_s(ledger: Ledger) -> float:
    with ledger.database.read() as connection:
        return connection.scalar(select(poll_clock.c.time_s)) or 0.0


def test_job_of_a_killed_client_is_cancelled(tmp_path: Path, audio: bytes) -> None:
    recording = tmp_path / "call.wav"
    recording.write_bytes(audio)
    command = [sys.executable, "-m", "whisperfarm_client", str(recording)]
    limit = ["--cancel_unless_polled", f"{LIMIT_S:g}", "--output_dir", str(tmp_path)]
    with started(tmp_path / "farm", rescue_interval_s=1) as farm:
        ledger, jobs = farm.deps.ledger, farm.deps.ledger.jobs
        with subprocess.Popen([*command, *limit], env=environment(WHISPERFARM_URL=farm.url)) as one:
            [job] = until(farm.jobs, "the client's job")
            until(lambda: clock_s(ledger) > 1.5 * LIMIT_S, "more time than the limit")
            assert not jobs.get(job.id).state.is_final
            one.kill()
        until(lambda: jobs.get(job.id).state.is_final, "the end of the job")
        assert (jobs.get(job.id).problem or {})["name"] == "job-not-polled"
