"""The blobs that jobs refer to: their recordings, what is made of these, and all revisions of their
transcripts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from whisperfarm_contract.identifiers import peaks_key, redacted_keys
from whisperfarm_contract.revisions.revision import RevisionKind
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs, revisions
from whisperfarm_store.ledger.transitions.erase import Artifact

_COLUMNS = (
    *(jobs.c.id, jobs.c.audio_key, jobs.c.audio_bytes, jobs.c.audio_sha256),
    jobs.c.options,
    *(jobs.c.audio_deleted_at, jobs.c.result_key, jobs.c.result_deleted_at),
)


@dataclass(frozen=True, slots=True)
class BlobReference:
    """A blob that a job needs. The ledger records size and digest of recordings and revisions, and
    not those of what workers made. `is_optional`: the job does without it."""

    job_id: str
    artifact: Artifact
    key: str
    size_bytes: int | None = None
    sha256: str | None = None
    is_optional: bool = False


def references_of(row: Mapping[str, Any]) -> Iterator[BlobReference]:
    """Yield the blobs that a row of `jobs` refers to, without those that retention deleted."""
    if row["audio_deleted_at"] is None:
        size_bytes, sha256 = row["audio_bytes"], row["audio_sha256"]
        yield BlobReference(row["id"], "audio", row["audio_key"], size_bytes, sha256)
    if row["result_key"] is not None and row["result_deleted_at"] is None:
        yield BlobReference(row["id"], "results", row["result_key"])
        peaks = peaks_key(row["result_key"])
        yield BlobReference(row["id"], "results", peaks, is_optional=True)
        for key in redacted_keys(row["result_key"]) if row["options"].get("redact") else ():
            yield BlobReference(row["id"], "results", key)


def revision_reference(row: Mapping[str, Any]) -> BlobReference | None:
    """Return the blob that a row of `revisions` refers to, unless retention deleted it.

    An approval has the blob of another revision, and none of its own.
    """
    if row["deleted_at"] is not None or row["kind"] == RevisionKind.APPROVED:
        return None
    size_bytes, sha256 = row["size_bytes"], row["sha256"]
    return BlobReference(row["job_id"], "results", row["key"], size_bytes, sha256)


class BlobReferences:
    """The references of all jobs, in pages, so that memory does not grow with the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pages(self, *, jobs_per_page: int) -> Iterator[list[BlobReference]]:
        """Yield the references of all jobs in the order of their ids. Each page is read in one
        transaction, and shows the jobs at that time."""
        last_id = ""
        while True:
            ids, references = self._read(jobs.c.id > last_id, limit=jobs_per_page)
            if not ids:
                return
            last_id = ids[-1]
            yield references

    def of_jobs(self, job_ids: Collection[str]) -> set[BlobReference]:
        """Return the present references of some jobs. Pass at most a few hundred ids."""
        _, references = self._read(jobs.c.id.in_(job_ids), limit=len(job_ids))
        return set(references)

    def _read(
        self, condition: ColumnElement[bool], *, limit: int
    ) -> tuple[list[str], list[BlobReference]]:
        """Return the ids of jobs in order, and the references of these jobs."""
        query = select(*_COLUMNS).where(condition).order_by(jobs.c.id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            ids = [row["id"] for row in rows]
            revised = connection.execute(_revisions_of(ids)).mappings().all()
        of_revisions = (revision_reference(dict(row)) for row in revised)
        return ids, [
            *(reference for row in rows for reference in references_of(dict(row))),
            *(reference for reference in of_revisions if reference is not None),
        ]


def _revisions_of(job_ids: Collection[str]) -> Select[Any]:
    query = select(revisions).where(revisions.c.job_id.in_(job_ids))
    return query.order_by(revisions.c.job_id, revisions.c.number)
