"""Fixtures of the private servers: each is started when the first test asks for it.

A test that stops or breaks a shared server starts it again at its end; one that wipes it, or
needs other settings, starts a server of its own with `started()`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.servers.programs import ServerMissing

if TYPE_CHECKING:  # each brings a client library, which most test runs do without
    from tests.servers.collector import Collector
    from tests.servers.kubernetes import Cluster
    from tests.servers.postgresql import PostgresqlServer
    from tests.servers.rabbitmq import RabbitmqServer
    from tests.servers.redis import RedisServer
    from tests.servers.s3 import S3Server

Kind = TypeVar("Kind")


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgresqlServer]":
    """A PostgreSQL of this test session."""
    from tests.servers import postgresql

    yield from offered(postgresql.started)


@pytest.fixture(scope="session")
def rabbitmq_server() -> "Iterator[RabbitmqServer]":
    """A RabbitMQ of this test session."""
    from tests.servers import rabbitmq

    yield from offered(rabbitmq.started)


@pytest.fixture(scope="session")
def redis_server() -> "Iterator[RedisServer]":
    """A Redis of this test session."""
    from tests.servers import redis

    yield from offered(redis.started)


@pytest.fixture(scope="session")
def s3_server() -> "Iterator[S3Server]":
    """An S3 server of this test session: rclone's, or the one that `TEST_S3` names."""
    from tests.servers import radosgw, s3

    kinds = {"rclone": s3.started, "radosgw": radosgw.started}
    yield from offered(kinds[os.environ.get("TEST_S3", "rclone")])


@pytest.fixture
def collector() -> "Iterator[Collector]":
    """A receiver of traces of this test."""
    from tests.servers.collector import collecting

    with collecting() as running:
        yield running


@pytest.fixture
def cluster(tmp_path: Path) -> "Iterator[Cluster]":
    """A cluster's API server of this test."""
    from tests.servers.certificate import certificate
    from tests.servers.kubernetes import cluster_at

    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    with cluster_at(folder, certificate(tmp_path)) as running:
        yield running


def offered(start: Callable[[], AbstractContextManager[Kind]]) -> Iterator[Kind]:
    """The started server. A missing one skips the test; with TEST_REQUIRE_SERVERS it fails."""
    try:
        with start() as server:
            yield server
    except ServerMissing as missing:
        if os.environ.get("TEST_REQUIRE_SERVERS"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
