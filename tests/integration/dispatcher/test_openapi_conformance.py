"""Requests that the OpenAPI document allows and forbids, sent by schemathesis with all checks."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.support.environment import environment
from tests.support.project import ROOT
from whisperfarm_store.ledger import LeaseLost, WorkerHeartbeat

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = "tests.integration.dispatcher.schemathesis_hooks"
KEY = "key-of-the-north"
PAUSE_S = 0.02

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a dispatcher with keys, and a worker that succeeds at every job."""
    with (
        started(
            tmp_path,
            presets=("demo", "small"),
            api_keys=f"north:{KEY},south:key-of-the-south",
            max_upload_bytes=1 << 20,
            max_wait_s=0.2,
        ) as running,
        _worker(running),
    ):
        yield running


@contextmanager
def _worker(farm: DispatcherFarm) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(farm, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(farm: DispatcherFarm, stop: threading.Event) -> None:
    heartbeat = WorkerHeartbeat(
        name="w", presets=("demo", "small"), concurrency=1, pid=1, host="here", ready=True
    )
    done = 0
    while not stop.wait(PAUSE_S):
        farm.deps.ledger.workers.record_heartbeat(heartbeat)
        for job_id, _ in farm.publisher.now[done:]:
            done += 1
            job = farm.deps.ledger.attempts.claim(job_id, worker="w", lease_s=60)
            if job is not None:  # it was not cancelled meanwhile
                with suppress(LeaseLost):  # it was cancelled since
                    farm.succeed(job, HELLO)


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
