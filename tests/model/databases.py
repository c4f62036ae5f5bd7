"""Databases whose clock can be moved forward, used again for each example."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, delete, update

from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.db import append_only
from whisperfarm_store.ledger.db.tables import jobs, metadata

HOUR_S = 3600.0


class Database:
    """A database that two processes of the farm have open."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self.ledgers: tuple[Ledger, Ledger] = (open_ledger(url), open_ledger(url))
        self.ledgers[0].migrate()

    def empty(self) -> None:
        """Delete all rows but those that cannot be deleted, which other tables do not refer to."""
        with self._engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                if table.name not in append_only.TABLES:
                    connection.execute(delete(table))

    def pass_hours(self, hours: float) -> None:
        """Make all times in the database older by this many hours."""
        times = (
            *(jobs.c.created_at, jobs.c.started_at, jobs.c.lease_until),
            *(jobs.c.dispatched_at, jobs.c.deadline_at, jobs.c.available_at),
        )
        with self._engine.begin() as connection:
            older = {time.name: time - hours * HOUR_S for time in times}
            connection.execute(update(jobs).values(**older))

    def close(self) -> None:
        for ledger in self.ledgers:
            ledger.close()
        self._engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open the database at `url`, which is empty."""
    database = Database(url)
    yield database
    database.close()
