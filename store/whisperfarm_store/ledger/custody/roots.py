"""Roots: each covers the chains that have grown since the root before it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from whisperfarm_contract.custody.canonical import canonical
from whisperfarm_contract.custody.root import Head, root_document
from whisperfarm_contract.job import from_rfc3339, to_rfc3339
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import (
    custody_chains,
    custody_entries,
    custody_leaves,
    custody_roots,
)

MAX_CHAINS = 10_000
"""Maximum number of chains that one root covers, which bounds its transaction."""

_BATCH_SIZE = 500

Document = dict[str, Any]
Sign = Callable[[Document], Document]


class Roots:
    """The roots of the ledger, counted from 1."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, sign: Sign, *, max_chains: int = MAX_CHAINS) -> Document | None:
        """Make a root over up to `max_chains` chains that no root covers yet, and return it.

        Returns `None` if there are none, or if another process is making a root. `sign` returns the
        document with its signature.
        """
        try:
            with self._database.write() as connection:
                heads = _uncovered(connection, max_chains)
                if not heads:
                    return None
                document = sign(_next_root(connection, heads))
                _insert(connection, document, heads)
        except IntegrityError:
            return None
        return document

    def latest(self) -> Document | None:
        """Return the last root, or `None` if there is none."""
        with self._database.read() as connection:
            return _last(connection)

    def get(self, number: int) -> Document:
        """Return the root of a number that is at most that of `latest`."""
        query = select(custody_roots.c.document).where(custody_roots.c.number == number)
        with self._database.read() as connection:
            document: Document = json.loads(connection.execute(query).scalar_one())
        return document

    def age_s(self) -> float | None:
        """Return the seconds since the last root was made, or `None` if there is none."""
        with self._database.read() as connection:
            last = _last(connection)
            if last is None:
                return None
            return float(connection.scalar(select(now_s())) or 0) - from_rfc3339(last["timestamp"])


def _uncovered(connection: Connection, limit: int) -> list[Head]:
    """Return the heads of chains, locked. Those that another transaction extends are left for the
    next root: a root never waits for a lock, so that it takes part in no deadlock."""
    last_entry = and_(
        custody_entries.c.job_id == custody_chains.c.job_id,
        custody_entries.c.number == custody_chains.c.entries,
    )
    query = (
        select(custody_chains.c.job_id, custody_chains.c.entries, custody_entries.c.hash)
        .join(custody_entries, last_entry)
        .where(custody_chains.c.covered < custody_chains.c.entries)
        .limit(limit)
        .with_for_update(of=custody_chains, skip_locked=True)
    )
    return [Head(*row) for row in connection.execute(query)]


def _next_root(connection: Connection, heads: Sequence[Head]) -> Document:
    timestamp = to_rfc3339(connection.scalar(select(now_s()))) or ""
    return root_document(heads, timestamp=timestamp, last=_last(connection))


def _last(connection: Connection) -> Document | None:
    query = select(custody_roots.c.document).order_by(custody_roots.c.number.desc()).limit(1)
    text = connection.scalar(query)
    return None if text is None else json.loads(text)


def _insert(connection: Connection, document: Mapping[str, Any], heads: Sequence[Head]) -> None:
    number = document["number"]
    connection.execute(insert(custody_roots), {"number": number, "document": canonical(document)})
    for batch in _batches(heads):
        leaves = [{"root": number, "job_id": one.job, "entries": one.entries} for one in batch]
        connection.execute(insert(custody_leaves), leaves)
        ids = [one.job for one in batch]
        covered = update(custody_chains).where(custody_chains.c.job_id.in_(ids))
        connection.execute(covered.values(covered=custody_chains.c.entries))


def _batches(heads: Sequence[Head]) -> Iterator[Sequence[Head]]:
    for start in range(0, len(heads), _BATCH_SIZE):
        yield heads[start : start + _BATCH_SIZE]
