"""The chains of custody of jobs. They outlive their jobs."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from whisperfarm_contract.custody.commitment import Opening
from whisperfarm_contract.custody.entry import Entry
from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import CustodyNotFound, JobNotFound, JobOnHold
from whisperfarm_store.ledger.custody.append import append_entry
from whisperfarm_store.ledger.custody.audit import Audit, entry_of, open_audit
from whisperfarm_store.ledger.custody.bodies import Origin
from whisperfarm_store.ledger.custody.roots import Roots
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import (
    custody_chains,
    custody_entries,
    custody_personal,
    jobs,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The chain of a job as it was at `read_at`, and the personal values that are not erased."""

    job: str
    tenant: str
    read_at: str
    entries: tuple[Entry, ...]
    openings: tuple[Opening, ...]


class Custody:
    """Chains of custody by job, and the roots over them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.roots = Roots(database)

    def get(self, job_id: str, *, tenant: str) -> Chain:
        """Return the chain of a job, also of one that was deleted.

        Raises `JobNotFound` if the tenant has no job with this id, and `CustodyNotFound` if the job
        has no chain.
        """
        with self._database.read_snapshot() as connection:
            head = connection.execute(_head(job_id, tenant)).one_or_none()
            if head is None:
                load_job(connection, job_id, tenant=tenant)
                raise _no_chain(job_id)
            return Chain(
                job=job_id,
                tenant=tenant,
                read_at=to_rfc3339(head.time_s) or "",
                entries=tuple(_entries(connection, job_id)),
                openings=tuple(_openings(connection, job_id)),
            )

    def erase(self, job_id: str) -> int:
        """Erase the personal values of a job's chain. Returns their number.

        Adds an entry that says so, unless nothing is left or the job was deleted. Raises
        `CustodyNotFound` if there is no chain, and `JobOnHold` if the job has a legal hold.
        """
        with self._database.write() as connection:
            chain = select(custody_chains.c.job_id).where(custody_chains.c.job_id == job_id)
            if "\0" in job_id or connection.scalar(chain) is None:
                raise _no_chain(job_id)
            held = select(jobs.c.id).where(jobs.c.id == job_id, jobs.c.held_at.is_not(None))
            if connection.scalar(held.with_for_update()) is not None:
                raise JobOnHold(f"job {job_id} has a legal hold; nothing was erased. Lift it first")
            fields = erase_personal(connection, [job_id])
            if fields:
                append_entry(
                    connection, job_id, Kind.ERASED, {"fields": fields, "reason": "operator"}
                )
        return len(fields)

    def record_export(self, job_id: str, body: Mapping[str, Any], origin: Origin) -> None:
        """Add the entry of an export. Does nothing if the farm keeps no chains, or if the row of
        the job was deleted, which ends its chain."""
        if not self._database.keeps_custody:
            return
        key = {"key_id": origin.key_id} if origin.key_id else {}
        with suppress(JobNotFound), self._database.write() as connection:
            append_entry(
                connection, job_id, Kind.EXPORTED, {**body, **key}, personal=origin.personal
            )

    def audit(self) -> AbstractContextManager[Audit]:
        """Open everything that a verification reads, as it is at one time."""
        return open_audit(self._database)


def erase_personal(connection: Connection, job_ids: Collection[str]) -> list[str]:
    """Erase the personal values of these jobs' chains. Returns the names of their fields."""
    erased = delete(custody_personal).where(custody_personal.c.job_id.in_(job_ids))
    return sorted(connection.scalars(erased.returning(custody_personal.c.field)))


def _no_chain(job_id: str) -> CustodyNotFound:
    return CustodyNotFound(
        f"job {job_id!r} has no chain of custody; the farm keeps them for jobs that are submitted"
        " while WHISPERFARM_CUSTODY is true"
    )


def _head(job_id: str, tenant: str) -> Any:
    # PostgreSQL rejects NUL, even in a query.
    wanted = job_id if "\0" not in job_id else ""
    return select(now_s().label("time_s")).where(
        custody_chains.c.job_id == wanted, custody_chains.c.tenant == tenant
    )


def _entries(connection: Connection, job_id: str) -> Iterator[Entry]:
    query = select(custody_entries).where(custody_entries.c.job_id == job_id)
    return map(entry_of, connection.execute(query.order_by(custody_entries.c.number)))


def _openings(connection: Connection, job_id: str) -> Iterator[Opening]:
    columns = [column for column in custody_personal.c if column.name != "job_id"]
    query = select(*columns).where(custody_personal.c.job_id == job_id)
    for row in connection.execute(query.order_by(*custody_personal.primary_key)).mappings():
        yield Opening(**row)
