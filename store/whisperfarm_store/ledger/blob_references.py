"""The blobs that jobs refer to: their recordings and transcripts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.retention import Artifact

_COLUMNS = (
    *(jobs.c.id, jobs.c.audio_key, jobs.c.audio_bytes, jobs.c.audio_sha256),
    *(jobs.c.audio_deleted_at, jobs.c.result_key, jobs.c.result_deleted_at),
)


@dataclass(frozen=True, slots=True)
class BlobReference:
    """A blob that a job needs. The ledger records size and digest of recordings alone."""

    job_id: str
    artifact: Artifact
    key: str
    size_bytes: int | None = None
    sha256: str | None = None


def references_of(row: Mapping[str, Any]) -> Iterator[BlobReference]:
    """Yield the blobs that a row of `jobs` refers to, without those that retention deleted."""
    if row["audio_deleted_at"] is None:
        size_bytes, sha256 = row["audio_bytes"], row["audio_sha256"]
        yield BlobReference(row["id"], "audio", row["audio_key"], size_bytes, sha256)
    if row["result_key"] is not None and row["result_deleted_at"] is None:
        yield BlobReference(row["id"], "results", row["result_key"])


class BlobReferences:
    """The references of all jobs, in pages, so that memory does not grow with the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pages(self, *, jobs_per_page: int) -> Iterator[list[BlobReference]]:
        """Yield the references of all jobs in the order of their ids. Each page is read in one
        transaction, and shows the jobs at that time."""
        last_id = ""
        while rows := self._rows(jobs.c.id > last_id, limit=jobs_per_page):
            last_id = rows[-1]["id"]
            yield [reference for row in rows for reference in references_of(row)]

    def of_jobs(self, job_ids: Collection[str]) -> set[BlobReference]:
        """Return the present references of some jobs. Pass at most a few hundred ids."""
        rows = self._rows(jobs.c.id.in_(job_ids), limit=len(job_ids))
        return {reference for row in rows for reference in references_of(row)}

    def _rows(self, condition: ColumnElement[bool], *, limit: int) -> list[Mapping[str, Any]]:
        query = select(*_COLUMNS).where(condition).order_by(jobs.c.id).limit(limit)
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]
