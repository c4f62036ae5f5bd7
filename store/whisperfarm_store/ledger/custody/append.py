"""Adds entries to chains of custody."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    String,
    bindparam,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from whisperfarm_contract.custody.commitment import Opening, commit, new_salt
from whisperfarm_contract.custody.entry import NO_PREVIOUS, Entry, new_entry
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_store import events
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import KEEPS_CUSTODY, after_commit
from whisperfarm_store.ledger.db.tables import (
    custody_chains,
    custody_entries,
    custody_personal,
    jobs,
)

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def is_kept(connection: Connection) -> bool:
    """Return whether this farm keeps chains of custody."""
    return bool(connection.get_execution_options().get(KEEPS_CUSTODY, False))


def append_entry(
    connection: Connection,
    job_id: str,
    kind: str,
    body: Mapping[str, Any],
    *,
    personal: Mapping[str, str] = _NOTHING,
) -> None:
    """Add an entry to the chain of a job, in the transaction of `connection`.

    Call it in the transaction of what the entry describes, before the job's row is deleted. Does
    nothing if the farm keeps no chains. `personal` are values that may have to be erased: the entry
    has only their commitments. Raises `JobNotFound`.
    """
    if not is_kept(connection):
        return
    row = connection.execute(_count(connection.dialect.name), {"of_job": job_id}).one_or_none()
    if row is None:
        raise JobNotFound(f"there is no job {job_id!r}")
    openings = [
        Opening(number=row.entries, field=field, salt=new_salt(), value=value)
        for field, value in personal.items()
    ]
    tenant = {"tenant": row.tenant} if row.entries == 1 else {}
    entry = new_entry(
        job_id,
        row.entries,
        to_rfc3339(row.time_s) or "",
        kind,
        {**tenant, **body, **{one.field: commit(one.salt, one.value) for one in openings}},
        previous=row.previous or _read_previous(connection, job_id, row.entries),
    )
    connection.execute(insert(custody_entries), _row_of(entry))
    if openings:
        rows = [{"job_id": job_id, **asdict(one)} for one in openings]
        connection.execute(insert(custody_personal), rows)
    logged = partial(events.custody.appended.log, job=job_id, kind=str(kind), number=entry.number)
    after_commit(connection, logged)


_PREVIOUS = literal_column(
    "(SELECT last.hash FROM custody_entries AS last WHERE last.job_id = custody_chains.job_id"
    " AND last.number = custody_chains.entries - 1)",
    String,
)


@cache
def _count(dialect: str) -> Any:
    """Return the statement that counts the entry and returns its number, its time and the hash of
    the entry before it.

    It locks the chain until the end of the transaction, so that entries follow each other. It is
    built once: that takes longer than to execute it.
    """
    table = postgresql.insert if dialect == "postgresql" else sqlite.insert
    of_job = select(jobs.c.id, jobs.c.tenant, literal(1, Integer)).where(
        jobs.c.id == bindparam("of_job")
    )
    counted = table(custody_chains).from_select(["job_id", "tenant", "entries"], of_job)
    return counted.on_conflict_do_update(
        index_elements=["job_id"], set_={"entries": custody_chains.c.entries + 1}
    ).returning(
        custody_chains.c.entries,
        custody_chains.c.tenant,
        now_s().label("time_s"),
        _PREVIOUS.label("previous"),
    )


def _read_previous(connection: Connection, job_id: str, number: int) -> str:
    """Return the hash of the entry before `number`.

    If the statement before waited for another transaction, PostgreSQL shows it the new number, and
    not the entry with it.
    """
    if number == 1:
        return NO_PREVIOUS
    query = select(custody_entries.c.hash).where(
        custody_entries.c.job_id == job_id, custody_entries.c.number == number - 1
    )
    return str(connection.scalar(query))


def _row_of(entry: Entry) -> dict[str, Any]:
    members = asdict(entry)
    return {"job_id": members.pop("job"), **members}
