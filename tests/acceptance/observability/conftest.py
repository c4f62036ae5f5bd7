"""A farm with metrics and traces that has done some work, for all tests of this folder."""

import secrets
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.servers import prometheus
from tests.servers.collector import Collector, collecting
from tests.servers.fixtures import offered
from tests.servers.ports import free_ports
from tests.servers.prometheus import PrometheusServer
from tests.support.farm import EmbeddedFarm, started
from tests.support.project import ROOT
from tests.support.recordings import SUPPORT_CALL
from tests.support.waiting import until

RULES = ROOT / "docker" / "observability" / "alerts.yaml"
NO_MUSIC = b"OggS\0\2" + bytes(4000)
"""A recording with a valid header that cannot be decoded."""

REFUSED_URL = "http://127.0.0.1:9/callback"


@dataclass(frozen=True)
class Secrets:
    """Values that must not appear in any log."""

    key: str = field(default_factory=lambda: secrets.token_hex(16))
    signing: str = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
    filename: str = "a-name-that-nobody-shall-read.wav"


@dataclass(frozen=True)
class Watched:
    """A running farm: its address, metrics addresses, traces, logs and finished jobs."""

    farm: EmbeddedFarm
    dispatcher: str
    worker: str
    log: Path
    secrets: Secrets
    collector: Collector
    jobs: list[str] = field(default_factory=list)

    def metrics(self, address: str) -> str:
        """Return the metrics at this address."""
        answer = httpx.get(f"http://{address}/metrics", timeout=10)
        answer.raise_for_status()
        return answer.text

    def states(self) -> Counter[str]:
        """Return the number of jobs in each state."""
        page = self.farm.http.get("/v1/jobs", params={"limit": 200}).json()
        return Counter(one["state"] for one in page["jobs"])

    def work(self) -> None:
        """Run a job that succeeds, the same again, and one that fails; send a rejected request."""
        farm, call = self.farm, SUPPORT_CALL
        # Each decodes differently, so that the first job does not come from the cache.
        options = {"filename": self.secrets.filename, "beam_size": 1 + len(self.jobs)}
        first = farm.submit(call, callback_url=REFUSED_URL, **options)
        farm.ended(first)
        again, broken = farm.submit(call, **options), _posted(farm, NO_MUSIC)
        for job_id in (again, broken):
            farm.ended(job_id)
        farm.result(first)
        assert farm.http.post("/v1/jobs", params={"model": "none"}, content=b"x").is_client_error
        self.jobs.extend([first, again, broken])


def _posted(farm: EmbeddedFarm, content: bytes) -> str:
    answer = farm.http.post("/v1/jobs", content=content, headers={"Content-Type": "audio/wav"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    """Run a receiver for the farm's traces."""
    with collecting() as running:
        yield running


@pytest.fixture(scope="package")
def idle(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Watched]:
    """Return the farm before its first job."""
    folder, known = tmp_path_factory.mktemp("watched"), Secrets()
    port = _first_of_two()
    settings = {
        "WHISPERFARM_METRICS_PORT": str(port),
        "WHISPERFARM_TRACES_URL": collector.url,
        "WHISPERFARM_LOG_FORMAT": "json",
        "WHISPERFARM_API_KEYS": f"acme:{known.key}",
        "WHISPERFARM_CALLBACK_SECRETS": f"acme:{known.signing}",
        "WHISPERFARM_ALLOWED_NETWORKS": "127.0.0.0/8",
        "WHISPERFARM_MAX_ATTEMPTS": "1",
    }
    log = folder / "farm.log"
    with started(folder / "data", log=log, **settings) as farm:
        farm.http.headers["Authorization"] = f"Bearer {known.key}"
        addresses = (f"127.0.0.1:{port}", f"127.0.0.1:{port + 1}")
        yield Watched(farm, *addresses, log, known, collector)


@pytest.fixture(scope="package")
def server(idle: Watched) -> Iterator[PrometheusServer]:
    """Run a Prometheus that scrapes the farm from before its first job."""
    targets = {"whisperfarm-dispatcher": idle.dispatcher, "whisperfarm-worker": idle.worker}
    for running in offered(lambda: prometheus.started(targets, rules=[RULES])):
        until(lambda seen=running: sum(seen.query("up")) == 2, "both parts to be scraped")
        yield running


@pytest.fixture(scope="package")
def watched(idle: Watched) -> Watched:
    """Return the farm after some work."""
    if not idle.jobs:
        idle.work()
    return idle


def _first_of_two() -> int:
    """Return a free port whose next port is free too: the farm's parts use both."""
    return next(one for one in iter(lambda: free_ports(1)[0], None) if _is_free(one + 1))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
