"""An empty ledger on SQLite."""

from collections.abc import Iterator

import pytest

from tests.support.ledger import open_migrated
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def ledger(settings: StoreSettings) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = open_migrated(settings.resolved_database_url)
    yield opened
    opened.close()
