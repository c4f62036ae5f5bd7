"""A worker whose job is another's by now changes nothing, however close the two are."""

import random
from pathlib import Path

import pytest

from tests.chaos.stale_writers import Count, stale_writes
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
    counted = stale_writes(ledger, _TRIALS, random.Random(7))
    ledger.close()
    assert counted == Count(trials=_TRIALS, refused=_TRIALS, accepted=0, ended_wrongly=0)
