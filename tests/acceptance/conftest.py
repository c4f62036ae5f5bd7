"""The farm of all acceptance tests. They share one because its models take long to load."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.phrases import Phrase, spoken
from tests.support.farm import CLIENT, EmbeddedFarm, started
from tests.support.recordings import SUPPORT_CALL


@pytest.fixture(scope="session")
def client() -> Path:
    """The built client."""
    assert CLIENT.exists(), "build it first: make client"
    return CLIENT


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory, client: Path) -> Iterator[EmbeddedFarm]:
    """Run a farm with the demo preset and short leases, so that rescue acts quickly."""
    folder = tmp_path_factory.mktemp("farm")
    settings = {
        "WHISPERFARM_LEASE_S": "6",
        "WHISPERFARM_MAX_UPLOAD_BYTES": str(64 * 2**20),
        # several tests transcribe the same samples and must not get a cached result
        "WHISPERFARM_RESULT_CACHE": "false",
    }
    with started(folder / "data", log=folder / "farm.log", **settings) as running:
        yield running


@pytest.fixture(scope="session")
def support_call() -> Path:
    """Return the sample call of two speakers."""
    return SUPPORT_CALL


@pytest.fixture(scope="session")
def phrases(tmp_path_factory: pytest.TempPathFactory) -> list[Phrase]:
    """Return sixteen phrases with known words."""
    return spoken(tmp_path_factory.mktemp("phrases"))
