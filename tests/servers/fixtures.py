"""Fixtures of the private servers. The first test that needs a server starts it.

A test that stops or breaks a shared server starts it again at its end. A test that wipes a server
or needs other settings starts its own with `started()`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.servers.programs import ServerMissing

if TYPE_CHECKING:  # each imports a client library that most test runs do not need
    from tests.servers.collector import Collector
    from tests.servers.distributed import DistributedServers
    from tests.servers.kubernetes import Cluster
    from tests.servers.postgresql import PostgresqlServer
    from tests.servers.rabbitmq import RabbitmqServer
    from tests.servers.redis import RedisServer
    from tests.servers.s3 import S3Server

Kind = TypeVar("Kind")


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgresqlServer]":
    """The PostgreSQL of this test session."""
    from tests.servers import postgresql

    yield from offered(postgresql.started)


@pytest.fixture(scope="session")
def rabbitmq_server() -> "Iterator[RabbitmqServer]":
    """The RabbitMQ of this test session."""
    from tests.servers import rabbitmq

    yield from offered(rabbitmq.started)


@pytest.fixture(scope="session")
def redis_server() -> "Iterator[RedisServer]":
    """The Redis of this test session."""
    from tests.servers import redis

    yield from offered(redis.started)


@pytest.fixture(scope="session")
def s3_server() -> "Iterator[S3Server]":
    """The S3 server of this test session: rclone, or the one that `TEST_S3` names."""
    from tests.servers import radosgw, s3

    kinds = {"rclone": s3.started, "radosgw": radosgw.started}
    yield from offered(kinds[os.environ.get("TEST_S3", "rclone")])


@pytest.fixture
def s3_client(s3_server: "S3Server") -> Iterator[Any]:
    """A boto3 client of the S3 server."""
    client = s3_server.client()
    yield client
    client.close()


@pytest.fixture(scope="session")
def servers(
    postgresql_server: "PostgresqlServer",
    rabbitmq_server: "RabbitmqServer",
    redis_server: "RedisServer",
    s3_server: "S3Server",
) -> "DistributedServers":
    """The servers of this test session for a distributed farm."""
    from tests.servers.distributed import DistributedServers

    return DistributedServers(
        postgresql=postgresql_server, rabbitmq=rabbitmq_server, redis=redis_server, s3=s3_server
    )


@pytest.fixture
def collector() -> "Iterator[Collector]":
    """A collector of traces for one test."""
    from tests.servers.collector import collecting

    with collecting() as running:
        yield running


@pytest.fixture
def cluster(tmp_path: Path) -> "Iterator[Cluster]":
    """An API server of Kubernetes for one test."""
    from tests.servers.certificate import certificate
    from tests.servers.kubernetes import cluster_at

    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    with cluster_at(folder, certificate(tmp_path)) as running:
        yield running


def offered(start: Callable[[], AbstractContextManager[Kind]]) -> Iterator[Kind]:
    """Yield the started server. If it is missing, skip, or fail with TEST_REQUIRE_SERVERS."""
    try:
        with start() as server:
            yield server
    except ServerMissing as missing:
        if os.environ.get("TEST_REQUIRE_SERVERS"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
