"""A worker whose job was claimed by another one changes nothing, even at the same moment."""

import random
from pathlib import Path

import pytest

from tests.chaos.stale_writes import StaleWriteCounts, stale_writes
from tests.servers.postgresql import PostgresqlServer
from whisperfarm_store.ledger import open_ledger

_TRIALS = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'ledger.sqlite'}"
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    return server.new_database()


def test_stale_writes_are_rejected(url: str) -> None:
    ledger = open_ledger(url)
    ledger.migrate()
    counts = stale_writes(ledger, _TRIALS, random.Random(7))
    ledger.close()
    assert counts == StaleWriteCounts(trials=_TRIALS, rejected=_TRIALS, accepted=0, overwritten=0)
