"""The database's clock returns seconds since 1970, with fractions."""

import time

from sqlalchemy import create_engine, select
from sqlalchemy.dialects import postgresql

from whisperfarm_store.ledger.db.clock import now_s


def test_sqlite_clock_has_milliseconds() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        before = time.time()
        received = connection.scalar(select(now_s()))
        after = time.time()
    engine.dispose()
    assert before - 0.002 <= received <= after + 0.002


def test_postgresql_clock_advances_within_a_transaction() -> None:
    spelled = str(select(now_s()).compile(dialect=postgresql.dialect()))
    assert "clock_timestamp()" in spelled
