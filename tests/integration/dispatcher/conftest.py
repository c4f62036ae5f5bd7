from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.support.recordings import wav


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a dispatcher without keys that serves two presets."""
    with started(tmp_path, presets=("demo", "small"), max_upload_bytes=1 << 20) as running:
        yield running


@pytest.fixture
def audio() -> bytes:
    """Return half a second of silence as a WAV file."""
    return wav()
