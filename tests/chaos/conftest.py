"""What the short form of the chaos tests shares: one spawner, and folders in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.long import workshop
from tests.chaos.process_spawner import ProcessSpawner, process_spawner
from tests.chaos.servers import Servers
from tests.servers.postgresql import PostgresqlServer
from tests.servers.rabbitmq import RabbitmqServer
from tests.servers.redis import RedisServer
from tests.servers.s3 import S3Server


@pytest.fixture(scope="session")
def children() -> Iterator[ProcessSpawner]:
    """Starts processes; they all end with the session at the latest."""
    with process_spawner() as started:
        yield started


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one farm."""
    with workshop() as made:
        yield made


@pytest.fixture
def servers(
    postgresql_server: PostgresqlServer,
    rabbitmq_server: RabbitmqServer,
    redis_server: RedisServer,
    s3_server: S3Server,
) -> Servers:
    """The servers of the session, for a farm of its own."""
    return Servers(
        database=postgresql_server,
        broker=rabbitmq_server,
        messenger=redis_server,
        store=s3_server,
    )
