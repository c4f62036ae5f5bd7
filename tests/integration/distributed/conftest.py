"""A farm on RabbitMQ, PostgreSQL, Redis and S3, for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.distributed.farm import Farm, Servers, running
from tests.support.recordings import wav


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The servers of this test session."""
    kinds = ("postgresql", "rabbitmq", "redis", "s3")
    return Servers(**{kind: request.getfixturevalue(f"{kind}_server") for kind in kinds})


@pytest.fixture(scope="module")
def farm(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """A farm with two workers."""
    folder: Path = tmp_path_factory.mktemp("farm")
    with running(folder, servers.settings(prefix="whole"), workers=2) as started:
        yield started


@pytest.fixture
def audio() -> bytes:
    """Half a second of a click, as a WAV file."""
    silent = bytearray(wav())
    silent[4000:4002] = b"\xff\x7f"
    return bytes(silent)
