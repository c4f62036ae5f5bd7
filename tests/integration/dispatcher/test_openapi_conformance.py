"""Requests that the OpenAPI document allows and forbids, sent by schemathesis with all checks."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.support.concurrency import repeated
from tests.support.environment import environment
from tests.support.project import ROOT
from whisperfarm_store.ledger import LeaseLost, WorkerHeartbeat

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = "tests.integration.dispatcher.schemathesis_hooks"
KEY = "key-of-the-north"
PAUSE_S = 0.02
PRESETS = ("demo", "small")
HEARTBEAT = WorkerHeartbeat(
    name="w", presets=PRESETS, concurrency=1, pid=1, host="here", ready=True
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a dispatcher with keys, and a worker that succeeds at every job."""
    with (
        started(
            tmp_path,
            presets=PRESETS,
            api_keys=f"north:{KEY},south:key-of-the-south",
            max_upload_bytes=1 << 20,
            max_wait_s=0.2,
        ) as running,
        repeated(_Worker(running).work, every_s=PAUSE_S),
    ):
        yield running


class _Worker:
    """A worker that succeeds at every job, some of which callers have cancelled."""

    def __init__(self, farm: DispatcherFarm) -> None:
        self._farm = farm
        self._done = 0

    def work(self) -> None:
        """Send a heartbeat, and run the jobs that were published since the last call."""
        ledger = self._farm.deps.ledger
        ledger.workers.record_heartbeat(HEARTBEAT)
        for job_id, _ in self._farm.publisher.now[self._done :]:
            self._done += 1
            job = ledger.attempts.claim(job_id, worker=HEARTBEAT.name, lease_s=60)
            if job is not None:
                with suppress(LeaseLost):  # it was cancelled meanwhile
                    self._farm.succeed(job, HELLO)


def test_requests_get_responses_of_the_openapi_document(farm: DispatcherFarm) -> None:
    command = [
        SCHEMATHESIS, "--config-file", CONFIG, "run", f"{farm.url}/openapi.json",
        "--header", f"Authorization: Bearer {KEY}",
    ]  # fmt: skip
    ended = subprocess.run(
        list(map(str, command)),
        env=environment(SCHEMATHESIS_HOOKS=HOOKS, PYTHONPATH=str(ROOT)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
