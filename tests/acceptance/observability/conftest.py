"""A farm that shows its metrics and sends traces, with some work done, for all tests here."""

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
from tests.support.farm import Farm, started
from tests.support.project import ROOT
from tests.support.recordings import SUPPORT_CALL
from tests.support.waiting import until

RULES = ROOT / "docker" / "observability" / "alerts.yaml"
NO_MUSIC = b"OggS" + bytes(4000)
"""It begins like a recording and can not be decoded."""

NOBODY = "http://127.0.0.1:9/told"


@dataclass(frozen=True)
class Secrets:
    """What must be in no log."""

    key: str = field(default_factory=lambda: secrets.token_hex(16))
    signing: str = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
    filename: str = "a-name-that-nobody-shall-read.wav"


@dataclass(frozen=True)
class Watched:
    """A farm, where its parts show their metrics and send traces, what it has said and done."""

    farm: Farm
    dispatcher: str
    worker: str
    log: Path
    secrets: Secrets
    collector: Collector
    jobs: list[str] = field(default_factory=list)

    def metrics(self, address: str) -> str:
        """What the part at this address shows."""
        answer = httpx.get(f"http://{address}/metrics", timeout=10)
        answer.raise_for_status()
        return answer.text

    def states(self) -> Counter[str]:
        """How many jobs there are in each state."""
        page = self.farm.http.get("/v1/jobs", params={"limit": 200}).json()
        return Counter(one["state"] for one in page["jobs"])

    def work(self) -> None:
        """One job that succeeds, the same again, one that fails, and a request that is refused."""
        farm, call = self.farm, SUPPORT_CALL
        # Decoded otherwise each time, so that the first one is not answered from the cache.
        options = {"filename": self.secrets.filename, "beam_size": 1 + len(self.jobs)}
        first = farm.submit(call, callback_url=NOBODY, **options)
        farm.ended(first)
        again, broken = farm.submit(call, **options), _posted(farm, NO_MUSIC)
        for job_id in (again, broken):
            farm.ended(job_id)
        farm.result(first)
        assert farm.http.post("/v1/jobs", params={"model": "none"}, content=b"x").is_client_error
        self.jobs.extend([first, again, broken])


def _posted(farm: Farm, content: bytes) -> str:
    answer = farm.http.post("/v1/jobs", content=content, headers={"Content-Type": "audio/wav"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    """Where the farm's traces go."""
    with collecting() as running:
        yield running


@pytest.fixture(scope="package")
def idle(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Watched]:
    """The farm before it has done anything."""
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
    """A Prometheus that has watched the farm from before its first job."""
    targets = {"whisperfarm-dispatcher": idle.dispatcher, "whisperfarm-worker": idle.worker}
    for running in offered(lambda: prometheus.started(targets, rules=[RULES])):
        until(lambda seen=running: sum(seen.query("up")) == 2, "both parts to be scraped")
        yield running


@pytest.fixture(scope="package")
def watched(idle: Watched) -> Watched:
    """The farm after some work."""
    if not idle.jobs:
        idle.work()
    return idle


def _first_of_two() -> int:
    """A free port whose next one is free: the parts of one farm take both."""
    return next(one for one in iter(lambda: free_ports(1)[0], None) if _is_free(one + 1))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
