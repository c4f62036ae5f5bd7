"""The result cache: existing transcripts by a key of recording and options."""

from dataclasses import dataclass

from sqlalchemy import literal, select

from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import cached_results, jobs
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.transitions.statement import in_state


@dataclass(frozen=True, slots=True)
class CachedResult:
    """A transcript in the blob store, and the job that produced it."""

    job_id: str
    result_key: str


class CacheIndex:
    """The transcripts in the result cache."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, tenant: str, key: str) -> CachedResult | None:
        """Return the tenant's transcript with this key, or `None`."""
        query = select(cached_results.c.job_id, cached_results.c.result_key).where(
            cached_results.c.tenant == tenant, cached_results.c.key == key
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else CachedResult(row.job_id, row.result_key)

    def save(self, job_id: str, key: str) -> None:
        """Store the transcript of a successful job; replaces an earlier one with the same key."""
        source = select(jobs.c.tenant, literal(key), jobs.c.id, jobs.c.result_key, now_s()).where(
            jobs.c.id == job_id, in_state(JobState.SUCCEEDED)
        )
        columns = ["tenant", "key", "job_id", "result_key", "created_at"]
        with self._database.write() as connection:
            statement = upsert(connection, cached_results).from_select(columns, source)
            replaced = {name: statement.excluded[name] for name in columns[2:]}
            connection.execute(
                statement.on_conflict_do_update(index_elements=columns[:2], set_=replaced)
            )
