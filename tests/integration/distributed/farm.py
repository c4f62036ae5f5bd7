"""A farm of processes on real servers, put together by settings alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.servers.ports import free_ports
from tests.servers.process import tied_to_us
from tests.support.environment import environment
from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer
    from tests.servers.rabbitmq import RabbitmqServer
    from tests.servers.redis import RedisServer
    from tests.servers.s3 import S3Server

ROOT = Path(__file__).parents[3]
DEADLINE_S = 180.0


@dataclass(frozen=True, kw_only=True)
class Servers:
    """The four servers of a farm."""

    postgresql: "PostgresqlServer"
    rabbitmq: "RabbitmqServer"
    redis: "RedisServer"
    s3: "S3Server"

    def settings(self, *, prefix: str) -> dict[str, str]:
        """What names them, with a database and a prefix of one's own."""
        return {
            "WHISPERFARM_DATABASE_URL": self.postgresql.new_database(),
            "WHISPERFARM_BROKER_URL": self.rabbitmq.url,
            "WHISPERFARM_REDIS_URL": self.redis.url,
            "WHISPERFARM_BLOB_URL": f"s3://{self.s3.bucket}/{prefix}",
            "WHISPERFARM_S3_ENDPOINT_URL": self.s3.endpoint,
            "WHISPERFARM_S3_ACCESS_KEY_ID": self.s3.access_key,
            "WHISPERFARM_S3_SECRET_ACCESS_KEY": self.s3.secret_key,
        }


@dataclass(frozen=True)
class Farm:
    """A farm that answers."""

    url: str
    folder: Path
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=DEADLINE_S))

    def submit(self, audio: bytes) -> str:
        """The id of a new job."""
        headers = {"Content-Type": "audio/wav"}
        answer = self.http.post(f"{self.url}/v1/jobs", content=audio, headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def ended(self, job_id: str) -> dict[str, Any]:
        """The job's document, once it has ended."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            document = self.get(f"/v1/jobs/{job_id}?wait=60")
            if document["finished_at"]:
                return document
        raise AssertionError(f"{job_id} does not end:\n{self.log()}")

    def get(self, path: str) -> dict[str, Any]:
        """The JSON that lies there."""
        answer = self.http.get(f"{self.url}{path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def log(self) -> str:
        """What all parts have said."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {one.name}\n{one.read_text()[-6000:]}" for one in logs)


@contextmanager
def running(
    folder: Path,
    settings: Mapping[str, str],
    *,
    workers: int = 1,
    metrics_ports: Sequence[int] = (),
    **stub: str,
) -> Iterator[Farm]:
    """A dispatcher and workers, ready; they are told to stop at the end. Each of the workers has
    one of `metrics_ports`, if there are any."""
    [port] = free_ports(1)
    given = {
        "WHISPERFARM_PORT": str(port),
        "WHISPERFARM_DATA_DIR": str(folder),
        "WHISPERFARM_LEASE_S": "5",
        **settings,
        **stub,
    }
    with ExitStack() as stack:
        names = ["dispatcher", *(f"worker-{number}" for number in range(workers))]
        ports = dict(zip(names[1:], map(str, metrics_ports), strict=False))
        parts = [
            stack.enter_context(
                _part(name, folder, {**given, "WHISPERFARM_METRICS_PORT": ports.get(name, "0")})
            )
            for name in names
        ]
        farm = Farm(f"http://127.0.0.1:{port}", folder)
        stack.enter_context(farm.http)
        _await_ready(farm, parts)
        yield farm


@contextmanager
def _part(name: str, folder: Path, given: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    path = f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"
    part = "tests.integration.distributed.part"
    command = [*tied_to_us(signal.SIGTERM), sys.executable, "-m", part, name.partition("-")[0]]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(PYTHONPATH=path, **given), stdout=log, stderr=log
        )
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE_S) == 0, (folder / f"{name}.log").read_text()[-6000:]
        finally:
            process.kill()
            process.wait()


def _await_ready(farm: Farm, parts: "list[subprocess.Popen[bytes]]") -> None:
    def look() -> bool:
        assert all(part.poll() is None for part in parts), farm.log()
        return _is_ready(farm)

    until(look, "a ready farm", within_s=DEADLINE_S)


def _is_ready(farm: Farm) -> bool:
    try:
        return farm.http.get(f"{farm.url}/readyz").status_code == 200
    except httpx.TransportError:
        return False
