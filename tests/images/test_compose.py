"""The farm of docker/compose.yaml; images that cannot be pulled have stand-ins."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.images import compose, stubs
from tests.images.builder import say
from tests.images.compose import Compose, container
from tests.images.container import inside
from tests.servers.ports import free_ports
from tests.support.project import ROOT

CALL = ROOT / "samples" / "support-call.wav"
SAID = "thank you for calling customer support"
KEY = "a-key-of-this-test"
LASTING = ("postgres", "rabbitmq", "redis", "s3", "prometheus", "flower", "dispatcher")
_SCRAPE_S = 90

pytestmark = pytest.mark.skipif(
    (missing := compose.missing_tool()) is not None, reason=missing or ""
)


@pytest.fixture(scope="module")
def servers(base: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    say("preparing the servers' images")
    with stubs.present(tmp_path_factory.mktemp("stand-ins")) as made:
        say(f"stand-ins: {', '.join(made) or 'none'}")
        yield


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    names = ("FARM_PORT", "FLOWER_PORT", "PROMETHEUS_PORT")
    return dict(zip(names, map(str, free_ports(3)), strict=True))


@pytest.fixture(scope="module")
def farm(
    servers: None,
    dispatcher_image: str,
    worker_image: str,
    ports: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Compose]:
    with compose.project(tmp_path_factory.mktemp("farm")) as project:
        project.set(WHISPERFARM_API_KEYS=KEY, WHISPERFARM_FLOWER_USER="operator", **ports)
        project.set(WHISPERFARM_FLOWER_PASSWORD="a-password-of-this-test")
        up(project, "worker")
        yield project


def up(farm: Compose, worker: str) -> None:
    ended = farm("up", "-d")
    assert ended.returncode == 0, ended.stderr
    for service in (*LASTING, worker):
        farm.until_well(service)


def asked(ports: dict[str, str], path: str, *, port: str = "FARM_PORT") -> httpx.Response:
    url = f"http://127.0.0.1:{ports[port]}{path}"
    return httpx.get(url, headers={"Authorization": f"Bearer {KEY}"}, timeout=30)


def transcribed(ports: dict[str, str], folder: Path, **options: str) -> str:
    """Transcribe the sample call with the client over the published port."""
    command = [f"{sys.prefix}/bin/whisper-remote", str(CALL), "--output_format", "txt"]
    command += ["--output_dir", str(folder)]
    for name, value in options.items():
        command += [f"--{name}", value]
    url = f"http://127.0.0.1:{ports['FARM_PORT']}"
    ended = subprocess.run(
        command,
        env={"WHISPERFARM_URL": url, "WHISPERFARM_API_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    return " ".join((folder / "support-call.txt").read_text().split())


def test_published_port_accepts_a_recording(
    farm: Compose, ports: dict[str, str], tmp_path: Path
) -> None:
    assert SAID in transcribed(ports, tmp_path)


def test_request_without_a_key_is_rejected(farm: Compose, ports: dict[str, str]) -> None:
    assert asked(ports, "/v1/jobs").status_code == 200
    assert httpx.get(f"http://127.0.0.1:{ports['FARM_PORT']}/v1/jobs").status_code == 401


def test_prometheus_reads_dispatcher_and_worker(farm: Compose, ports: dict[str, str]) -> None:
    end = time.monotonic() + _SCRAPE_S
    while (seen := _scraped(ports)) != {
        ("whisperfarm-dispatcher", "up"),
        ("whisperfarm-worker", "up"),
    }:
        assert time.monotonic() < end, seen
        time.sleep(1)  # Prometheus scrapes on its own schedule, without a signal
    counted = asked(
        ports, "/api/v1/query?query=whisperfarm_jobs_accepted_total", port="PROMETHEUS_PORT"
    )
    assert counted.json()["data"]["result"]


def _scraped(ports: dict[str, str]) -> set[tuple[str, str]]:
    answer = asked(ports, "/api/v1/targets", port="PROMETHEUS_PORT").json()
    return {(one["labels"]["job"], one["health"]) for one in answer["data"]["activeTargets"]}


def test_prometheus_has_the_alerts(farm: Compose, ports: dict[str, str]) -> None:
    groups = asked(ports, "/api/v1/rules", port="PROMETHEUS_PORT").json()["data"]["groups"]
    assert groups
    assert all(rule["health"] != "err" for group in groups for rule in group["rules"])


def test_flower_requires_a_login(farm: Compose, ports: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{ports['FLOWER_PORT']}/"
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, auth=("operator", "wrong")).status_code == 401
    assert httpx.get(url, auth=("operator", "a-password-of-this-test")).status_code == 200


def test_worker_and_servers_have_no_internet(farm: Compose) -> None:
    assert "00000000" in _destinations("dispatcher")
    for service in ("worker", "postgres", "rabbitmq", "redis", "s3"):
        assert "00000000" not in _destinations(service), service
    line = "import socket; socket.create_connection(('192.0.2.1', 443), 5)"
    assert "unreachable" in inside(container("worker"), "python", "-c", line).stderr


def _destinations(service: str) -> list[str]:
    """Return the destinations of the container's routes. Zeros are the default route."""
    rows = inside(container(service), "cat", "/proc/net/route").stdout.splitlines()[1:]
    assert rows
    return [row.split()[1] for row in rows]


@pytest.mark.parametrize("service", ["dispatcher", "worker", "flower"])
def test_containers_have_no_capabilities(farm: Compose, service: str) -> None:
    status = inside(container(service), "cat", "/proc/1/status").stdout
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert set(fields["Uid"].split()) == {"10001"}
    assert "Read-only" in inside(container(service), "touch", "/usr/a").stderr
    for folder in ("/data", "/tmp"):  # noqa: S108
        assert inside(container(service), "touch", f"{folder}/a").returncode == 0, folder


def test_redis_is_not_root_and_requires_its_password(farm: Compose) -> None:
    line = (
        "import socket; s = socket.create_connection(('redis', 6379), 5);"
        "s.sendall(b'PING\\r\\n'); print(s.recv(100))"
    )
    assert "NOAUTH" in inside(container("worker"), "python", "-c", line).stdout
    status = inside(container("redis"), "cat", "/proc/1/status").stdout
    assert "\nUid:\t" in status
    assert "\nUid:\t0\t" not in status


def test_jobs_and_transcripts_survive_down_and_up(
    farm: Compose, edge_image: str, ports: dict[str, str], tmp_path: Path
) -> None:
    [*_, job] = asked(ports, "/v1/jobs").json()["jobs"]
    farm.down()
    farm.set(COMPOSE_PROFILES="edge", WHISPERFARM_PRESETS="demo-words")
    up(farm, "worker-edge")
    line = "import socket; print(socket.gethostbyname('worker'))"  # as Prometheus does
    assert inside(container("dispatcher"), "python", "-c", line).returncode == 0
    assert asked(ports, f"/v1/jobs/{job['id']}").json() == job
    assert SAID in asked(ports, f"/v1/jobs/{job['id']}/result?format=txt").text.replace("\n", " ")
    assert SAID in transcribed(ports, tmp_path, model="demo-words")


def test_missing_image_is_named_and_not_pulled(farm: Compose) -> None:
    farm.down()
    farm.set(FARM_VERSION="0.0.0")
    ended = farm("up", "-d", "--no-deps", "flower", timeout_s=60)
    assert "whisperfarm-dispatcher:0.0.0: image not known" in ended.stderr
    assert farm.containers() == []


def test_missing_password_is_named(farm: Compose) -> None:
    farm.set(POSTGRES_PASSWORD="")
    ended = farm("up", "-d", timeout_s=60)
    assert ended.returncode != 0
    assert "POSTGRES_PASSWORD" in ended.stderr
    assert "copy .env.example to .env" in ended.stderr
