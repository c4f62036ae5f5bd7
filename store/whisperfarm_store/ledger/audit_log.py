"""The audit log: entries of one hash-chained, append-only table."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text

from whisperfarm_contract.audit import CHAIN, Actor, AuditKind
from whisperfarm_contract.custody.entry import NO_PREVIOUS, Entry, new_entry
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import audit_entries

_ROWS_PER_FETCH = 1000
_LAST = select(audit_entries.c.number, audit_entries.c.hash).order_by(audit_entries.c.number.desc())
_LOCK = text("LOCK TABLE audit_entries IN EXCLUSIVE MODE")


def append_audit(
    connection: Connection, kind: AuditKind, actor: Actor, body: Mapping[str, Any]
) -> None:
    """Add an entry, in the transaction of the change that it describes.

    Other transactions that add one wait until this one ends.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(_LOCK)
    number, previous = connection.execute(_LAST.limit(1)).one_or_none() or (0, NO_PREVIOUS)
    made_at = to_rfc3339(connection.scalar(select(now_s()))) or ""
    content = {"actor": actor.name, "address": actor.address, **body}
    entry = new_entry(CHAIN, number + 1, made_at, kind, content, previous=previous)
    row = asdict(entry)
    del row["job"]  # the same for all
    connection.execute(insert(audit_entries), row)


class AuditLog:
    """The entries of the audit log, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, kind: AuditKind, actor: Actor, body: Mapping[str, Any]) -> None:
        """Add an entry about something that the ledger does not have."""
        with self._database.write() as connection:
            append_audit(connection, kind, actor, body)

    def list(self, *, after: int = 0, limit: int) -> list[Entry]:
        """Return at most `limit` entries whose number is above `after`."""
        query = select(audit_entries).where(audit_entries.c.number > after)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(audit_entries.c.number).limit(limit))
            return [_entry_of(row) for row in rows]

    def count(self) -> int:
        """Return the number of entries."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.max(audit_entries.c.number))) or 0)

    def last(self, kind: AuditKind) -> Entry | None:
        """Return the newest entry of a kind."""
        query = select(audit_entries).where(audit_entries.c.kind == kind)
        with self._database.read() as connection:
            newest = query.order_by(audit_entries.c.number.desc()).limit(1)
            row = connection.execute(newest).one_or_none()
        return None if row is None else _entry_of(row)

    def stream(self) -> Iterator[Entry]:
        """Yield all entries, as they are at one time. Memory does not grow with their number."""
        options = {"yield_per": _ROWS_PER_FETCH}
        query = select(audit_entries).order_by(audit_entries.c.number)
        with self._database.read_snapshot() as connection:
            yield from map(_entry_of, connection.execute(query, execution_options=options))


def _entry_of(row: Row[Any]) -> Entry:
    return Entry(job=CHAIN, **row._asdict())
