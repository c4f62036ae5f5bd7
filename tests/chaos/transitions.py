"""All transitions of all jobs, recorded by a trigger in the transaction of each transition."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from whisperfarm_contract.states import FINAL_STATES, JobState, can_transition
from whisperfarm_store.ledger import open_ledger

_TABLE = """
CREATE TABLE chaos_transitions (
    number {serial}, job_id VARCHAR(64) NOT NULL, before VARCHAR(16), after VARCHAR(16) NOT NULL,
    attempt INTEGER NOT NULL, worker VARCHAR(200), at DOUBLE PRECISION NOT NULL)
"""

_SQLITE = (
    _TABLE.format(serial="INTEGER PRIMARY KEY AUTOINCREMENT"),
    """CREATE TRIGGER chaos_insert AFTER INSERT ON jobs BEGIN
        INSERT INTO chaos_transitions (job_id, before, after, attempt, worker, at) VALUES
        (NEW.id, NULL, NEW.state, NEW.attempt, NEW.worker,
        (julianday('now') - 2440587.5) * 86400.0); END""",
    """CREATE TRIGGER chaos_transition AFTER UPDATE OF state ON jobs BEGIN
        INSERT INTO chaos_transitions (job_id, before, after, attempt, worker, at) VALUES
        (NEW.id, OLD.state, NEW.state, NEW.attempt, NEW.worker,
        (julianday('now') - 2440587.5) * 86400.0);
        END""",
)

_POSTGRESQL = (
    _TABLE.format(serial="BIGSERIAL PRIMARY KEY"),
    """CREATE FUNCTION chaos_record() RETURNS trigger AS $$ BEGIN
        INSERT INTO chaos_transitions (job_id, before, after, attempt, worker, at) VALUES (NEW.id,
            CASE TG_OP WHEN 'INSERT' THEN NULL ELSE OLD.state END, NEW.state, NEW.attempt,
            NEW.worker, extract(epoch FROM clock_timestamp())); RETURN NEW; END $$
        LANGUAGE plpgsql""",
    """CREATE TRIGGER chaos_transition AFTER INSERT OR UPDATE OF state ON jobs
        FOR EACH ROW EXECUTE FUNCTION chaos_record()""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One committed transition.

    `before` is empty for the insertion of a job, `worker` for a job without one.
    """

    job_id: str
    before: str
    after: str
    attempt: int
    worker: str
    at: float

    @property
    def is_final(self) -> bool:
        """Whether the transition ended the job."""
        return JobState(self.after) in FINAL_STATES

    @property
    def is_allowed(self) -> bool:
        """Whether the table of states allows the transition."""
        if not self.before:
            return self.after == JobState.QUEUED
        return can_transition(JobState(self.before), JobState(self.after))


class LedgerReader:
    """Reads the ledger of a farm with SQL of its own. `url` is a SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def open(self) -> None:
        """Migrate the ledger, and install the trigger that records transitions."""
        ledger = open_ledger(self._url)
        ledger.migrate()
        ledger.close()
        is_sqlite = make_url(self._url).get_backend_name() == "sqlite"
        with self._connection() as connection:
            for statement in _SQLITE if is_sqlite else _POSTGRESQL:
                connection.execute(text(statement))

    def transitions(self) -> list[Transition]:
        """Return all transitions in the order of their commits."""
        query = """SELECT job_id, before, after, attempt, worker, at FROM chaos_transitions
            ORDER BY number"""
        with self._connection() as connection:
            return [
                Transition(
                    **{**row._mapping, "before": row.before or "", "worker": row.worker or ""}
                )
                for row in connection.execute(text(query))
            ]

    def jobs_of_keys(self) -> dict[str, str]:
        """Return the job's id of each idempotency key."""
        with self._connection() as connection:
            rows = connection.execute(text("SELECT key, job_id FROM idempotency"))
            return {row.key: row.job_id for row in rows}

    def results(self) -> dict[str, str | None]:
        """Return the blob key of each job's transcript; None if the job has none."""
        with self._connection() as connection:
            return {
                row.id: row.result_key
                for row in connection.execute(text("SELECT id, result_key FROM jobs"))
            }

    def job_of_worker(self, ending: str) -> str | None:
        """Return the running job that this worker started last. `ending` ends the worker's name."""
        query = """SELECT id FROM jobs WHERE state = 'running' AND worker LIKE :ending
            ORDER BY started_at DESC LIMIT 1"""
        with self._connection() as connection:
            found = connection.execute(text(query), {"ending": f"%{ending}"}).scalar()
            return None if found is None else str(found)

    def callbacks_due(self) -> int:
        """Return the number of callbacks that are not delivered yet."""
        query = "SELECT count(*) FROM callbacks WHERE state = 'pending'"
        with self._connection() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def is_writable(self) -> bool:
        """Return whether no process holds the lock of SQLite; PostgreSQL has none."""
        if make_url(self._url).get_backend_name() != "sqlite":
            return True
        try:
            with self._connection() as connection:
                connection.execute(text("BEGIN IMMEDIATE"))
        except OperationalError:
            return False
        return True

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        engine = create_engine(self._url)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


class LedgerCopyReader(LedgerReader):
    """Reads a SQLite ledger on a disk that only the processes of a farm have mounted.

    This process reaches that disk through `/proc/<pid>/root`. SQLite resolves symbolic links before
    it opens a file and would end up outside of the disk. `open` therefore creates the ledger in
    `here` and copies it to `there`; each query first copies it back.
    """

    def __init__(self, there: Path, here: Path) -> None:
        super().__init__(f"sqlite:///{here / 'ledger.sqlite'}")
        self._there = there
        self._here = here

    def open(self) -> None:
        super().open()
        shutil.copy(self._here / "ledger.sqlite", self._there)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        for found in self._there.glob("ledger.sqlite*"):
            shutil.copy(found, self._here)
        with super()._connection() as connection:
            yield connection
