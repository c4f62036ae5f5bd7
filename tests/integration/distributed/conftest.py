"""A farm on RabbitMQ, PostgreSQL, Redis and S3, for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.distributed.farm import DistributedFarm, running
from tests.servers.distributed import DistributedServers
from tests.support.recordings import wav


@pytest.fixture(scope="module")
def farm(
    servers: DistributedServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DistributedFarm]:
    """Run a farm with two workers."""
    folder: Path = tmp_path_factory.mktemp("farm")
    with running(folder, servers.settings(prefix="whole"), workers=2) as started:
        yield started


@pytest.fixture
def audio() -> bytes:
    """Return half a second with a click as a WAV file."""
    silent = bytearray(wav())
    silent[4000:4002] = b"\xff\x7f"
    return bytes(silent)
