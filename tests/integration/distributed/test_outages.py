"""Outages of the blob store or the ledger under load: jobs wait, and none loses an attempt.

`OUTAGE_S` is the duration of an outage, and `RETURN_S` the time in which all parts must recover.
`make outages` sets a minute and ten seconds; run it on a machine that is otherwise idle.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.integration.distributed.farm import DistributedFarm, running
from tests.servers.distributed import DistributedServers
from tests.servers.ports import free_ports
from tests.servers.tcp_proxy import TcpProxy, proxy_of
from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S, Ledger, open_ledger

OUTAGE_S = float(os.environ.get("OUTAGE_S", "12"))
RETURN_S = float(os.environ.get("RETURN_S", "60"))
NOTICED_WITHIN_S = 60.0

JOBS, WORKERS, CALLS = 40, 2, 3

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900 + 4 * OUTAGE_S)]


@dataclass
class Outage:
    """A farm that reaches blob store and ledger through proxies. The test reaches them directly."""

    farm: DistributedFarm
    ledger: Ledger
    blobs_proxy: TcpProxy
    ledger_proxy: TcpProxy
    worker_ports: list[int]

    def submit(self, audio: bytes) -> list[str]:
        return [self.farm.submit(audio) for _ in range(JOBS)]

    def jobs(self, job_ids: list[str]) -> list[Job]:
        return [self.ledger.jobs.get(job_id) for job_id in job_ids]

    def states(self) -> list[str]:
        """Return the states of the workers in the ledger."""
        return [one.state for one in self.ledger.workers.list_live(within_s=WORKER_LIVE_WITHIN_S)]

    def readiness(self) -> list[tuple[int, str]]:
        """Return the readiness of the workers."""
        answers = [httpx.get(f"http://127.0.0.1:{port}/readyz") for port in self.worker_ports]
        return [(one.status_code, one.text) for one in answers]

    def metric(self, name: str) -> list[float]:
        """Return the samples of a metric of all workers, with their labels."""
        texts = [httpx.get(f"http://127.0.0.1:{port}/metrics").text for port in self.worker_ports]
        found = [re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE) for text in texts]
        return [float(value) for values in found for value in values]


@pytest.fixture
def outage(servers: DistributedServers, tmp_path: Path) -> Iterator[Outage]:
    """Run two workers that take a second per recording."""
    settings = servers.settings(prefix=f"outage-{time.time_ns()}")
    direct = settings["WHISPERFARM_DATABASE_URL"]
    with ExitStack() as stack:
        blobs_proxy = stack.enter_context(proxy_of(_port(servers.s3.endpoint)))
        ledger_proxy = stack.enter_context(proxy_of(_port(direct)))
        ports = free_ports(WORKERS)
        settings |= {
            "WHISPERFARM_S3_ENDPOINT_URL": f"http://127.0.0.1:{blobs_proxy.port}",
            "WHISPERFARM_DATABASE_URL": direct.replace(
                f":{_port(direct)}", f":{ledger_proxy.port}"
            ),
            "WHISPERFARM_CONCURRENCY": str(CALLS),
            "WHISPERFARM_RESULT_CACHE": "false",
        }
        farm = stack.enter_context(
            running(tmp_path, settings, workers=WORKERS, metrics_ports=ports, STUB_TAKES_S="1")
        )
        ledger = open_ledger(direct)
        stack.callback(ledger.close)
        yield Outage(farm, ledger, blobs_proxy, ledger_proxy, ports)


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def test_jobs_wait_while_the_blob_store_rejects_requests(outage: Outage, audio: bytes) -> None:
    job_ids = outage.submit(audio)
    _await(lambda: len(_running(outage, job_ids)) == WORKERS * CALLS, 60)
    outage.blobs_proxy.refuse()
    began = time.monotonic()
    paused_s = _await(lambda: outage.states() == ["not_ready"] * WORKERS, NOTICED_WITHIN_S)
    freed_s = _await(lambda: outage.ledger.workers.running_counts() == {}, NOTICED_WITHIN_S)
    _check_paused(outage, "blobs")
    snoozed = _snoozed(outage, job_ids)
    assert snoozed
    shown = [outage.farm.get(f"/v1/jobs/{job.id}") for job in snoozed]
    assert all(document["available_at"] for document in shown)
    assert {document["failures"] for document in shown} == {0}
    while time.monotonic() - began < OUTAGE_S:
        assert outage.ledger.workers.running_counts() == {}
        time.sleep(0.5)
    attempts = {job.id: job.attempt for job in _snoozed(outage, job_ids)}
    ended = _ended(outage, job_ids)
    outage.blobs_proxy.accept()
    figures = _measure_return(outage, job_ids, attempts, ended)
    _report("S3", {"paused": paused_s, "slots free": freed_s, **figures}, outage, job_ids)


def test_outcomes_wait_while_the_ledger_rejects_writes(outage: Outage, audio: bytes) -> None:
    job_ids = outage.submit(audio)
    _await(lambda: len(_running(outage, job_ids)) == WORKERS * CALLS, 60)
    outage.ledger_proxy.refuse()
    began = time.monotonic()
    paused_s = _await(
        lambda: {status for status, _ in outage.readiness()} == {503}, NOTICED_WITHIN_S
    )
    _check_paused(outage, "ledger")
    while time.monotonic() - began < OUTAGE_S:
        assert {status for status, _ in outage.readiness()} == {503}
        time.sleep(0.5)
    attempts = {job.id: job.attempt for job in _snoozed(outage, job_ids)}
    ended = _ended(outage, job_ids)
    outage.ledger_proxy.accept()
    figures = _measure_return(outage, job_ids, attempts, ended)
    _report("PostgreSQL", {"paused": paused_s, **figures}, outage, job_ids)


def _check_paused(outage: Outage, dependency: str) -> None:
    assert all(
        status == 503 and f"{dependency} unavailable" in text for status, text in outage.readiness()
    )
    name = "whisperfarm_worker_dependency_up"
    assert outage.metric(f'{name}{{dependency="{dependency}"}}') == [0.0] * WORKERS


def _measure_return(
    outage: Outage, job_ids: list[str], attempts: dict[str, int], ended: set[str]
) -> dict[str, float]:
    """Return the seconds until all parts have recovered."""
    returned = time.monotonic()

    def since(look: Callable[[], bool]) -> float:
        _await(look, RETURN_S - (time.monotonic() - returned))
        return time.monotonic() - returned

    return {
        "workers ready": since(
            lambda: (
                {status for status, _ in outage.readiness()} == {200}
                and outage.states() == ["ready"] * WORKERS
            )
        ),
        "first job ended": since(lambda: _ended(outage, job_ids) > ended),
        "waiting jobs started": since(
            lambda: all(outage.ledger.jobs.get(one).attempt > attempts[one] for one in attempts)
        ),
    }


def _report(kind: str, figures: dict[str, float], outage: Outage, job_ids: list[str]) -> None:
    """Wait for the end of all jobs, check that none lost an attempt, and print the figures."""
    documents = [outage.farm.ended(job_id) for job_id in job_ids]
    jobs = outage.jobs(job_ids)
    assert {document["state"] for document in documents} == {"succeeded"}
    assert {(job.failures, job.worker_deaths) for job in jobs} == {(0, 0)}
    again = sum(job.attempt > 1 for job in jobs)
    listed = ", ".join(f"{what} after {seconds:.1f} s" for what, seconds in figures.items())
    print(f"\n{kind} unavailable for {OUTAGE_S:g} s, {len(jobs)} jobs: {listed};")
    print(f"{again} jobs were started again, none lost an attempt")


def _running(outage: Outage, job_ids: list[str]) -> list[Job]:
    return [job for job in outage.jobs(job_ids) if job.state is JobState.RUNNING]


def _snoozed(outage: Outage, job_ids: list[str]) -> list[Job]:
    """Return the queued jobs that have had an attempt."""
    return [job for job in outage.jobs(job_ids) if job.state is JobState.QUEUED and job.attempt]


def _ended(outage: Outage, job_ids: list[str]) -> set[str]:
    return outage.ledger.jobs.finished_among(job_ids)


def _await(look: Callable[[], Any], within_s: float) -> float:
    """Return the seconds until `look` is true."""
    began = time.monotonic()
    while not look():
        assert time.monotonic() - began < within_s, f"waited {within_s:.1f} s"
        time.sleep(0.1)
    return time.monotonic() - began
