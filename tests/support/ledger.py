"""The ledger fixture; `tests/conformance` has its own for each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from whisperfarm_store.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on SQLite in the test's folder."""
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    opened.migrate()
    yield opened
    opened.close()
