"""All rows of the ledger at one time, and their restoration into an empty ledger.

Rows are the same for every database: dictionaries by column, as JSON can hold them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, tuple_
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from whisperfarm_contract.problems import InvalidSettings, ServerError
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import (
    metadata,
    poll_clock,
    sessions,
    transcript_texts,
    upload_tokens,
    workers,
)

Row = Mapping[str, Any]

_OMITTED = (workers, sessions, upload_tokens, transcript_texts)

_TABLES = {table.name: table for table in metadata.sorted_tables if table not in _OMITTED}
"""All tables but those of live workers, of sessions and upload tokens, and of texts, which are
indexed again; each after the tables that it refers to."""

_BATCH_SIZE = 500

_UNCLAIMED: Row = {
    **{"state": JobState.QUEUED.value, "dispatched_at": None, "dispatch_count": 0},
    **{"worker": None, "lease_until": None, "stage": None, "stage_fraction": None},
}


class Snapshot:
    """The rows of all tables at the time when the snapshot was opened."""

    tables = tuple(_TABLES)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table by primary key. Each query reads hundreds: PostgreSQL ends
        statements that last longer than seconds."""
        key = tuple(_TABLES[table].primary_key.columns)
        query = select(_TABLES[table]).order_by(*key).limit(_BATCH_SIZE)
        page = list(self._connection.execute(query).mappings())
        while page:
            yield from map(dict, page)
            after = tuple_(*key) > tuple(page[-1][column.name] for column in key)
            page = list(self._connection.execute(query.where(after)).mappings())


class Snapshots:
    """Snapshots of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def open(self) -> Iterator[Snapshot]:
        """Open a snapshot for the block. Others may write meanwhile."""
        with self._database.read_snapshot() as connection:
            yield Snapshot(connection)

    def require_empty(self) -> None:
        """Raise `InvalidSettings` if a table has rows."""
        with self._database.read() as connection:
            _require_empty(connection)

    def restore(self, rows_of: Callable[[str], Iterable[Row]]) -> None:
        """Insert all rows into the empty ledger, in one transaction.

        `rows_of` returns the rows of a table. Jobs that were running are queued: their leases are
        void, and no message for them is in the broker. Raises `InvalidSettings` if the ledger is
        not empty, and `ServerError` if rows do not fit into their table.
        """
        with self._database.write() as connection:
            _require_empty(connection)
            connection.execute(delete(poll_clock))
            for name, table in _TABLES.items():
                rows = map(_unclaimed, rows_of(name)) if name == "jobs" else rows_of(name)
                _insert(connection, table, rows)


def _unclaimed(job: Row) -> Row:
    is_unfinished = job.get("state") in {JobState.QUEUED, JobState.RUNNING}
    restored = {**job, "text_revision": None}
    return {**restored, **_UNCLAIMED} if is_unfinished else restored


def _require_empty(connection: Connection) -> None:
    """Raise `InvalidSettings` if a table has rows. Each dispatcher writes the poll clock."""
    for name, table in _TABLES.items():
        if table is poll_clock:
            continue
        if connection.execute(select(table).limit(1)).first() is not None:
            raise InvalidSettings(
                f"the ledger is not empty: its table {name} has rows; restore into a new data"
                " folder or database"
            )


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    remaining, columns = iter(rows), set(table.columns.keys())
    while batch := list(islice(remaining, _BATCH_SIZE)):
        if any(set(row) != columns for row in batch):
            raise ServerError(f"a row of {table.name} does not have the columns of its table")
        try:
            connection.execute(insert(table), batch)
        except (DataError, IntegrityError, StatementError) as error:
            reason = getattr(error, "orig", None) or error
            raise ServerError(f"rows of {table.name} cannot be inserted ({reason})") from error
