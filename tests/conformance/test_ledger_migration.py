"""Migrations create the tables, even when several processes start at once."""

import pytest
from sqlalchemy import text

from tests.conformance.ports import LEDGERS
from tests.support.concurrency import run_concurrently
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.db import sqlalchemy_engine


def test_migrate_is_idempotent(ledger: Ledger, queued: Job) -> None:
    ledger.migrate()
    assert ledger.jobs.get(queued.id) == queued


@pytest.mark.parametrize("database", LEDGERS)
def test_concurrent_migrations_all_succeed(database: str, request: pytest.FixtureRequest) -> None:
    for _ in range(5):  # the order is random
        _start_at_once(LEDGERS[database](request), count=8)


@pytest.mark.parametrize("database", LEDGERS)
def test_migrate_rejects_a_newer_schema(database: str, request: pytest.FixtureRequest) -> None:
    url = LEDGERS[database](request)
    ledger = open_ledger(url)
    assert ledger.migrate() == "0001"
    newer = sqlalchemy_engine.connect(url)
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InvalidSettings, match="revision 9999"):
        ledger.migrate()
    with newer.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    newer.dispose()
    ledger.close()


def _start_at_once(url: str, *, count: int) -> None:
    def start(_: int) -> str:
        ledger = open_ledger(url)
        try:
            ledger.migrate()
            return ledger.jobs.insert(new_job()).id
        finally:
            ledger.close()

    assert len(set(run_concurrently(count, start))) == count
