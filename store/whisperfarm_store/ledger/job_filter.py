"""Which of a tenant's jobs to list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
)

from whisperfarm_contract.job import APPROVED
from whisperfarm_contract.states import FINAL_STATES, JobState
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.search.matches import is_found
from whisperfarm_store.ledger.search.text_query import TextQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """What the jobs have in common; `None` means any.

    `contained` is a text within the name of the file or the reference, in upper or lower case.
    `words` are those of the transcript. `approval` is a value of `Job.approval`.
    `created_from` is the earliest time of submission and `created_before` the end of the span,
    which is not a part of it. `metadata` has texts that members of the caller's metadata must have;
    a number or a boolean matches the text that JSON has for it.
    """

    state: JobState | None = None
    batch: str | None = None
    reference: str | None = None
    filename: str | None = None
    contained: str | None = None
    words: TextQuery | None = None
    approval: str | None = None
    created_from: float | None = None
    created_before: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def conditions(self, connection: Connection, tenant: str) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions on rows of `jobs`, the tenant's alone."""
        yield jobs.c.tenant == tenant
        if any("\0" in text for text in self._texts()):  # PostgreSQL rejects it, even in a query
            yield false()
            return
        if self.state is not None:
            yield jobs.c.state == self.state.value
        if self.batch is not None:
            yield jobs.c.batch == self.batch
        if self.reference is not None:
            yield jobs.c.reference == self.reference
        if self.filename is not None:
            yield jobs.c.audio_filename == self.filename
        if self.contained:
            columns = (jobs.c.audio_filename, jobs.c.reference)
            yield or_(*(column.icontains(self.contained, autoescape=True) for column in columns))
        if self.words is not None:
            yield is_found(connection, self.words, tenant)
        if self.approval is not None:
            yield from _approval(self.approval)
        if self.created_from is not None:
            yield jobs.c.created_at >= self.created_from
        if self.created_before is not None:
            yield jobs.c.created_at < self.created_before
        for name, text in self.metadata.items():
            yield _member_text(connection, name) == text

    def _texts(self) -> Iterator[str]:
        texts = (self.batch, self.reference, self.filename, self.contained)
        return filter(None, (*texts, *self.metadata.values()))


ALL_JOBS = JobFilter()

_WITHOUT_TRANSCRIPT = [state.value for state in FINAL_STATES - {JobState.SUCCEEDED}]


def _approval(approval: str) -> Iterator[ColumnElement[bool]]:
    yield jobs.c.approval.is_not(None)
    yield jobs.c.state.not_in(_WITHOUT_TRANSCRIPT)
    number = jobs.c.approved_revision
    yield number.is_not(None) if approval == APPROVED else number.is_(None)


def _member_text(connection: Connection, name: str) -> ColumnElement[str]:
    """Return a member of the metadata as text, or null if it is an object, a list or missing."""
    if connection.dialect.name == "postgresql":
        key = literal(name, Text)
        json_type = func.json_typeof(jobs.c.metadata.op("->")(key))
        value: ColumnElement[str] = jobs.c.metadata.op("->>", return_type=Text())(key)
        return case((json_type.in_(("object", "array")), null()), else_=value)
    path = literal(f'$."{name}"', Text)
    json_type = func.json_type(jobs.c.metadata, path)
    return case(
        (json_type.in_(("object", "array")), null()),
        (json_type.in_(("true", "false")), json_type),
        else_=cast(func.json_extract(jobs.c.metadata, path), Text),
    )
