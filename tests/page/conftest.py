from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page.farm import PageFarm


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[PageFarm]:
    made = PageFarm(tmp_path)
    yield made
    made.deps.ledger.close()
