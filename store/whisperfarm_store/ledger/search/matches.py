"""The rows of the index that a query finds."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from whisperfarm_store.ledger.db.tables import jobs, transcript_texts
from whisperfarm_store.ledger.search.text_query import TextQuery

MANY = 500
"""From this number of rows of a tenant on, a query is common: jobs are looked at one by one, the
newest first, instead of all rows that the query finds."""

_fts5 = table("transcript_terms", column("rowid"))


def is_found(connection: Connection, query: TextQuery, tenant: str) -> ColumnElement[bool]:
    """Return the condition on rows of `jobs` of the tenant."""
    if _is_common(connection, query, tenant):
        of_job = transcript_texts.c.job_id == jobs.c.id
        return exists().where(of_job, is_match(connection, query)).correlate(jobs)
    return jobs.c.id.in_(select(transcript_texts.c.job_id).where(_is_among(connection, query)))


def is_match(connection: Connection, query: TextQuery) -> ColumnElement[bool]:
    """Return the condition on rows of `transcript_texts`, for a few of them: each is looked up."""
    if not _has_fts5(connection):
        return _has_terms(query)
    return _rowids(query).where(_fts5.c.rowid == transcript_texts.c.id).exists()


def _is_common(connection: Connection, query: TextQuery, tenant: str) -> bool:
    if not _has_fts5(connection):
        return False  # PostgreSQL decides by its statistics
    of_tenant = select(transcript_texts.c.id).join(jobs, jobs.c.id == transcript_texts.c.job_id)
    found = of_tenant.where(jobs.c.tenant == tenant, _is_among(connection, query))
    some = found.limit(MANY).subquery()
    return connection.scalar(select(func.count()).select_from(some)) == MANY


def _is_among(connection: Connection, query: TextQuery) -> ColumnElement[bool]:
    """Return the condition on rows of `transcript_texts`, all of which are found first."""
    if not _has_fts5(connection):
        return _has_terms(query)
    return transcript_texts.c.id.in_(_rowids(query))


def _rowids(query: TextQuery) -> Select[int]:
    found = select(_fts5.c.rowid).where(text("transcript_terms MATCH :wanted"))
    return found.params(wanted=query.to_fts5())


def _has_terms(query: TextQuery) -> ColumnElement[bool]:
    wanted = cast(literal(query.to_tsquery()), TSQUERY)
    return transcript_texts.c.terms.bool_op("@@")(wanted)


def _has_fts5(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
