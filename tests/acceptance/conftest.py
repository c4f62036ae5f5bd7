"""One farm for all acceptance tests: loading its models takes most of the time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.phrases import Phrase, spoken
from tests.support.farm import CLIENT, Farm, started
from tests.support.recordings import SUPPORT_CALL


@pytest.fixture(scope="session")
def client() -> Path:
    """The built client."""
    assert CLIENT.exists(), "build it first: make client"
    return CLIENT


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory, client: Path) -> Iterator[Farm]:
    """A running farm with the demo preset; leases are short, so that rescues are seen soon."""
    folder = tmp_path_factory.mktemp("farm")
    settings = {
        "WHISPERFARM_LEASE_S": "6",
        "WHISPERFARM_MAX_UPLOAD_BYTES": str(64 * 2**20),
        # The same samples are transcribed in several tests, and shall be.
        "WHISPERFARM_RESULT_CACHE": "false",
    }
    with started(folder / "data", log=folder / "farm.log", **settings) as running:
        yield running


@pytest.fixture(scope="session")
def support_call() -> Path:
    """The sample call of two speakers."""
    return SUPPORT_CALL


@pytest.fixture(scope="session")
def phrases(tmp_path_factory: pytest.TempPathFactory) -> list[Phrase]:
    """Sixteen phrases of known words."""
    return spoken(tmp_path_factory.mktemp("phrases"))
