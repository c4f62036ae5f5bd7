"""Everything that a verification of the ledger reads.

The rows are streamed: memory does not grow with the ledger, except by the leaves of one root.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from whisperfarm_contract.custody.commitment import Opening
from whisperfarm_contract.custody.entry import Entry
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import (
    custody_chains,
    custody_entries,
    custody_leaves,
    custody_personal,
    custody_roots,
)

_ROWS_PER_FETCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRow:
    """What the ledger says of a chain beside its entries, and what its entries and leaves say.

    `last` is the number of the last entry and `leaf` that of the last one that a root covers;
    `None` without any. `first_body` is the body of the first entry.
    """

    job: str
    tenant: str
    entries: int
    covered: int
    last: int | None
    leaf: int | None
    first_body: str | None


@dataclass(frozen=True, slots=True)
class LeafRow:
    """The head of a chain that a root covers. `hash` is `None` if its entry is missing."""

    job: str
    entries: int
    hash: str | None


@contextmanager
def open_audit(database: Database) -> Iterator["Audit"]:
    """Open the custody tables as they are at one time."""
    with database.read_snapshot() as connection, _any_bytes(connection):
        yield Audit(connection)


@contextmanager
def _any_bytes(connection: Connection) -> Iterator[None]:
    """Let SQLite return texts that are not UTF-8: a changed byte is a finding, and not an error."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


class Audit:
    """The custody tables at one time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def chains(self) -> Iterator[tuple[str, Iterator[Entry]]]:
        """Yield each job's id with its entries, in order."""
        ordered = select(custody_entries).order_by(*custody_entries.primary_key)
        for job, rows in groupby(self._stream(ordered), key=itemgetter(0)):
            yield job, map(entry_of, rows)

    def chain_rows(self) -> Iterator[ChainRow]:
        """Yield the row of each chain, with what it has to agree with."""
        entries, leaves, first = _last_entries(), _last_leaves(), custody_entries.alias("first")
        query = (
            select(custody_chains, entries.c.last, leaves.c.leaf, first.c.body)
            .outerjoin(entries, entries.c.job_id == custody_chains.c.job_id)
            .outerjoin(leaves, leaves.c.job_id == custody_chains.c.job_id)
            .outerjoin(first, and_(first.c.job_id == custody_chains.c.job_id, first.c.number == 1))
        )
        for job, tenant, count, covered, last, leaf, body in self._stream(query):
            yield ChainRow(
                job=job, tenant=tenant, entries=count, covered=covered, last=last, leaf=leaf,
                first_body=body,
            )  # fmt: skip

    def jobs_without_chain(self) -> Iterator[str]:
        """Yield the ids of jobs that have entries or leaves, and no row of their chain."""
        for table in (custody_entries, custody_leaves):
            query = select(table.c.job_id).outerjoin(
                custody_chains, custody_chains.c.job_id == table.c.job_id
            )
            missing = query.where(custody_chains.c.job_id.is_(None)).distinct()
            yield from (row[0] for row in self._stream(missing))

    def openings(self) -> Iterator[tuple[str, Opening, str | None]]:
        """Yield the job and the values of commitments, with the body of their entry."""
        of_entry = and_(
            custody_entries.c.job_id == custody_personal.c.job_id,
            custody_entries.c.number == custody_personal.c.number,
        )
        query = select(custody_personal, custody_entries.c.body).outerjoin(
            custody_entries, of_entry
        )
        for job, number, field, salt, value, body in self._stream(query):
            yield job, Opening(number=number, field=field, salt=salt, value=value), body

    def roots(self) -> Iterator[tuple[int, str]]:
        """Yield number and document of each root, in order."""
        rows = self._stream(select(custody_roots).order_by("number"))
        yield from ((number, document) for number, document in rows)

    def leaves(self) -> Iterator[tuple[int, list[LeafRow]]]:
        """Yield the number of each root that has leaves, with its leaves."""
        head = and_(
            custody_entries.c.job_id == custody_leaves.c.job_id,
            custody_entries.c.number == custody_leaves.c.entries,
        )
        query = (
            select(custody_leaves, custody_entries.c.hash)
            .outerjoin(custody_entries, head)
            .order_by(custody_leaves.c.root)
        )
        for root, rows in groupby(self._stream(query), key=itemgetter(0)):
            yield root, [LeafRow(job, entries, found) for _, job, entries, found in rows]

    def _stream(self, query: Select[Any]) -> Iterator[Any]:
        options = {"yield_per": _ROWS_PER_FETCH}
        return iter(self._connection.execute(query, execution_options=options))


def entry_of(row: Any) -> Entry:
    """Return the entry of a row of `custody_entries`."""
    job, number, timestamp, kind, body, previous, found = row
    return Entry(
        job=job, number=number, timestamp=timestamp, kind=kind, body=body, previous=previous,
        hash=found,
    )  # fmt: skip


def _last_entries() -> Any:
    number = func.max(custody_entries.c.number).label("last")
    return select(custody_entries.c.job_id, number).group_by(custody_entries.c.job_id).subquery()


def _last_leaves() -> Any:
    number = func.max(custody_leaves.c.entries).label("leaf")
    return select(custody_leaves.c.job_id, number).group_by(custody_leaves.c.job_id).subquery()
