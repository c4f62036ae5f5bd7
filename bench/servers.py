"""Starts private servers on this machine, and a distributed farm that uses them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench.farm import ROOT, environment
from tests.servers import postgresql, rabbitmq, s3
from tests.servers.ports import free_ports

WORKERS, CONCURRENCY = 4, 4


@dataclass(frozen=True, slots=True)
class Servers:
    """PostgreSQL with fsync, RabbitMQ with quorum queues, and S3."""

    postgresql: postgresql.PostgresqlServer
    rabbitmq: rabbitmq.RabbitmqServer
    s3: s3.S3Server

    def settings(self) -> dict[str, str]:
        """Return the settings of a farm that uses these servers."""
        return {
            "WHISPERFARM_DATABASE_URL": self.postgresql.url,
            "WHISPERFARM_BROKER_URL": self.rabbitmq.url,
            "WHISPERFARM_BLOB_URL": f"s3://{self.s3.bucket}/bench",
            "WHISPERFARM_S3_ENDPOINT_URL": self.s3.endpoint,
            "WHISPERFARM_S3_ACCESS_KEY_ID": self.s3.access_key,
            "WHISPERFARM_S3_SECRET_ACCESS_KEY": self.s3.secret_key,
        }


@contextmanager
def started() -> Iterator[Servers]:
    """Run the three servers while the context is open."""
    with ExitStack() as stack:
        yield Servers(
            stack.enter_context(postgresql.started(settings={"fsync": "on"})),
            stack.enter_context(rabbitmq.started()),
            stack.enter_context(s3.started()),
        )


@contextmanager
def farm(servers: Servers, folder: Path) -> Iterator[str]:
    """Run a dispatcher with its workers, and yield its URL when all are ready."""
    [port] = free_ports(1)
    given = environment(
        **servers.settings(),
        WHISPERFARM_DATA_DIR=str(folder),
        WHISPERFARM_PORT=str(port),
        WHISPERFARM_CONCURRENCY=str(CONCURRENCY),
        WHISPERFARM_LOG_LEVEL="warning",
        WHISPERFARM_RESULT_CACHE="false",
    )
    commands = [["whisperfarm", "dispatcher"], *[["bench.stub_worker"]] * WORKERS]
    with processes(commands, folder, given):
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        yield url


@contextmanager
def processes(
    commands: Sequence[Sequence[str]], folder: Path, given: dict[str, str]
) -> Iterator[None]:
    """Run Python modules as processes that write their output to the folder."""
    running = []
    try:
        for number, command in enumerate(commands):
            with (folder / f"{command[0]}-{number}.log").open("wb") as log:
                running.append(
                    subprocess.Popen(
                        [sys.executable, "-m", *command],
                        cwd=ROOT,
                        env=given,
                        stdout=log,
                        stderr=log,
                    )
                )
        yield
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait()


def _wait(url: str) -> None:
    while not _ready(url):
        time.sleep(0.2)


def _ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=10) as answer:
            return f"{WORKERS} ready" in answer.read().decode()
    except OSError:
        return False


def load() -> str:
    """Return the load averages of the machine."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())
