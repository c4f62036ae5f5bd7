"""An empty ledger on SQLite."""

from collections.abc import Iterator

import pytest

from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def ledger(settings: StoreSettings) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = open_ledger(settings.resolved_database_url)
    opened.migrate()
    yield opened
    opened.close()
