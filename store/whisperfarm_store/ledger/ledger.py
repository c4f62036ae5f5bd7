"""What can be done with the ledger. Each call is one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import Problem
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import (
    backlog,
    cache,
    callbacks,
    dispatch,
    quarantine,
    queries,
    rescue,
    retention,
    submit,
    workers,
)
from whisperfarm_store.ledger.backlog import Drained, Load, Share
from whisperfarm_store.ledger.cache import Cached
from whisperfarm_store.ledger.callbacks import Callback, Outcome
from whisperfarm_store.ledger.db import errors, migration, sqlalchemy_engine
from whisperfarm_store.ledger.retention import Swept
from whisperfarm_store.ledger.submit import Idempotency
from whisperfarm_store.ledger.transitions import attempts, cancel, finish
from whisperfarm_store.ledger.transitions.attempts import Pulse
from whisperfarm_store.ledger.workers import WorkerSign


def open_ledger(url: str) -> "Ledger":
    """The ledger at a SQLAlchemy URL. Raises `SettingsWrong` when it can not be one."""
    return Ledger(sqlalchemy_engine.connect(url))


class Ledger:
    """The jobs of a farm: who wants what, how it stands, and who is at it.

    Safe to use from several threads and processes. A database that is away or busy raises
    `FarmUnavailable`, a full one `StorageFull`; an unknown id (or, where a tenant is named, another
    tenant's) raises `JobUnknown`. Whoever holds a job names its `attempt`: once the job is no
    longer running in that attempt, `succeed`, `fail`, `cancelled` and `requeue` raise
    `LeaseLost` and change nothing.
    """

    def __init__(self, database: Engine) -> None:
        self._engine = database
        self._turns = sqlalchemy_engine.write_turns(database)
        self._where = database.url.render_as_string(hide_password=True)

    def migrate(self) -> str:
        """Bring the tables up to date; their revision. Safe when several processes start at once.

        Raises `SettingsWrong` when a newer version of the farm has made them.
        """
        with errors.named(self._where):
            return migration.migrate(self._engine)

    def durability(self) -> dict[str, str]:
        """What a PostgreSQL server says about keeping its word in a power cut; else nothing."""
        if self._engine.dialect.name != "postgresql":
            return {}
        with self._read() as connection:
            settings = ("fsync", "full_page_writes", "synchronous_commit")
            return {one: str(connection.scalar(text(f"SHOW {one}"))) for one in settings}

    def check(self) -> None:
        """Ask the database for an answer. Raises `FarmUnavailable` if there is none."""
        with self._read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def insert(self, job: Job, *, idempotency: Idempotency | None = None) -> Job:
        """Accept a job. Its state, attempt and time are the ledger's to say.

        The same key and fingerprint as before answer with the job that there is; the same key
        with another fingerprint raises `IdempotencyConflict`.
        """
        with self._write() as connection:
            return submit.insert_job(connection, job, idempotency)

    def get(self, job_id: str, *, tenant: str | None = None) -> Job:
        """The job; without a tenant, whosever it is."""
        with self._read() as connection:
            return queries.get(connection, job_id, tenant=tenant)

    def find(self, idempotency_key: str, *, tenant: str) -> Job | None:
        """The job that a request of this key made, if there was one."""
        with self._read() as connection:
            return submit.find(connection, tenant, idempotency_key)

    def page(
        self,
        tenant: str,
        *,
        state: State | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """A tenant's jobs, newest first; `before` is the id of the last job of the page before."""
        with self._read() as connection:
            return queries.page(connection, tenant, state=state, limit=limit, before=before)

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, trusted: bool = False
    ) -> Job | None:
        """Take a queued, available job for `lease_s` seconds, or `None` when it is not to be had.

        `trusted`: None also for a suspect, as `is_suspect` defines it.
        """
        with self._write() as connection:
            return attempts.claim(
                connection, job_id, worker=worker, lease_s=lease_s, trusted=trusted
            )

    def is_suspect(self, job_id: str) -> bool:
        """Whether the job is queued and `SUSPECT_FROM_KILLS` workers or more died while it ran."""
        with self._read() as connection:
            return quarantine.is_suspect(connection, job_id)

    def quarantined(self, *, limit: int) -> list[Job]:
        """The jobs that are kept aside because workers died under them, those of last first."""
        with self._read() as connection:
            return quarantine.page(connection, limit=limit)

    def release_quarantined(self, job_id: str, successor: Job) -> Job:
        """Keep a job aside no longer, and accept another in its stead; both or neither."""
        with self._write() as connection:
            return quarantine.release(connection, job_id, successor)

    def beat(
        self,
        job_id: str,
        *,
        attempt: int,
        lease_s: float,
        progress: Progress | None = None,
        audio_s: float | None = None,
    ) -> Pulse:
        """Prolong the lease to `lease_s` seconds from now, and note what is known by now."""
        with self._write() as connection:
            return attempts.beat(
                connection,
                job_id,
                attempt=attempt,
                lease_s=lease_s,
                progress=progress,
                audio_s=audio_s,
            )

    def pulses(self, held: Mapping[str, int]) -> dict[str, Pulse]:
        """How these attempts stand, by the job's id, without prolonging a lease."""
        with self._read() as connection:
            return attempts.pulses(connection, held)

    def succeed(self, job_id: str, *, attempt: int, result_key: str, audio_s: float) -> None:
        """The transcript lies in the blob store under `result_key`."""
        with self._write() as connection:
            attempts.succeed(
                connection, job_id, attempt=attempt, result_key=result_key, audio_s=audio_s
            )

    def fail(self, job_id: str, *, attempt: int, problem: Problem) -> None:
        """The job can not be done, and is not tried again."""
        with self._write() as connection:
            attempts.fail(connection, job_id, attempt=attempt, problem=problem)

    def cancelled(self, job_id: str, *, attempt: int) -> None:
        """The worker stopped because it was asked to."""
        with self._write() as connection:
            attempts.cancelled(connection, job_id, attempt=attempt)

    def requeue(
        self,
        job_id: str,
        *,
        attempt: int,
        problem: Problem | None = None,
        counts: bool = False,
        delay_s: float = 0.0,
    ) -> None:
        """Queue a job again whose attempt is over; it is not dispatched for `delay_s` seconds.

        `counts`: the attempt is a failure of the job. Without a `problem`, that of an earlier
        attempt stays. A job that its caller has cancelled is cancelled instead.
        """
        with self._write() as connection:
            attempts.requeue(
                connection,
                job_id,
                attempt=attempt,
                problem=problem,
                counts=counts,
                delay_s=delay_s,
            )

    def ask_cancel(self, job_id: str, *, tenant: str) -> Job:
        """Cancel a queued job at once, ask for a running one, leave one that has ended."""
        with self._write() as connection:
            return cancel.ask_cancel(connection, job_id, tenant=tenant)

    def cached(self, tenant: str, key: str) -> Cached | None:
        """The transcript that was made before of what the key stands for."""
        with self._read() as connection:
            return cache.find(connection, tenant, key)

    def keep_cached(self, job_id: str, key: str) -> None:
        """Note the transcript of a job that succeeded under what it was made of."""
        with self._write() as connection:
            cache.keep(connection, job_id, key)

    def releasable(self, limit: int, *, preset: str | None = None) -> list[Job]:
        """Available queued jobs that are not in the broker, oldest first; of one preset, or all."""
        with self._read() as connection:
            return dispatch.releasable(connection, limit, preset=preset)

    def released(self, job_ids: Sequence[str]) -> set[str]:
        """These jobs are given to the broker; those of them that nobody else had given."""
        with self._write() as connection:
            return dispatch.released(connection, job_ids)

    def withdrawn(self, job_ids: Sequence[str]) -> None:
        """The broker did not take these jobs, which were marked as released."""
        with self._write() as connection:
            dispatch.withdrawn(connection, job_ids)

    def outstanding(self, *, preset: str | None = None) -> int:
        """How many jobs are in the broker and not yet claimed; of one preset, or of all."""
        with self._read() as connection:
            return dispatch.outstanding(connection, preset=preset)

    def rescue(
        self,
        *,
        rerelease_after_s: float,
        idle: Collection[str] = (),
        max_kills: int = 3,
        spare_leases: bool = False,
    ) -> list[Job]:
        """Move on the jobs of silent workers, late ones, and those that nobody claimed for so long.

        A job that fell silent with `max_kills` workers fails, and is kept aside. A job that stays
        unclaimed waits twice as long each time it is released again, but for presets that are
        `idle`: their workers have nothing to do, so its message was lost. `spare_leases`: leases
        that have run out are left alone this time.
        """
        with self._write() as connection:
            return rescue.rescue(
                connection,
                rerelease_after_s=rerelease_after_s,
                idle=idle,
                max_kills=max_kills,
                spare_leases=spare_leases,
            )

    def ended(self, job_ids: Collection[str]) -> set[str]:
        """Which of these jobs have ended."""
        with self._read() as connection:
            return queries.ended(connection, job_ids)

    def callbacks(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Who is told of the job's end, and how that went; none before it has ended."""
        with self._read() as connection:
            queries.get(connection, job_id, tenant=tenant)
            return callbacks.of_job(connection, job_id)

    def callbacks_waiting(self) -> int:
        """How many callbacks are neither delivered nor given up."""
        with self._read() as connection:
            return callbacks.waiting(connection)

    def take_callback(self, *, lease_s: float, busy: Collection[str] = ()) -> Callback | None:
        """A callback that is due, and nobody else's for `lease_s` seconds; `None`: there is none.

        `busy` are receivers that are to be left alone now.
        """
        with self._read() as connection:
            if not callbacks.any_due(connection, busy):
                return None
        with self._write() as connection:
            return callbacks.take(connection, lease_s=lease_s, busy=busy)

    def callback_tried(self, callback: Callback, outcome: Outcome) -> None:
        """What came of a try. It counts for nothing once somebody else has tried again."""
        with self._write() as connection:
            callbacks.tried(connection, callback, outcome)

    def replay_callbacks(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Send all callbacks of a job once more, under the same ids; as they are now."""
        with self._write() as connection:
            queries.get(connection, job_id, tenant=tenant)
            return callbacks.replay(connection, job_id)

    def worker_seen(self, sign: WorkerSign, *, anew: bool = False) -> bool:
        """A worker gives a sign of life; whether it is asked to leave.

        `anew` is said with the first sign of a process, whose name another may have had before.
        """
        with self._write() as connection:
            return workers.seen(connection, sign, anew=anew)

    def ask_drain(self, names: Collection[str]) -> None:
        """Ask these workers to take no more jobs and to leave when those they have are done."""
        with self._write() as connection:
            workers.ask_drain(connection, names)

    def at_work(self) -> dict[str, int]:
        """How many jobs each worker has now, by the workers' names."""
        with self._read() as connection:
            return workers.at_work(connection)

    def worker_gone(self, name: str) -> None:
        """A worker says good-bye."""
        with self._write() as connection:
            workers.gone(connection, name)

    def live_workers(self, *, within_s: float) -> list[WorkerSign]:
        """The workers that were heard of within so many seconds."""
        with self._read() as connection:
            return workers.live(connection, within_s=within_s)

    def backlog(self) -> list[Share]:
        """How much work has not ended, by tenant, preset and state."""
        with self._read() as connection:
            return backlog.backlog(connection)

    def drained(self, *, within_s: float) -> list[Drained]:
        """How much work was done in the last seconds, by tenant and preset."""
        with self._read() as connection:
            return backlog.drained(connection, within_s=within_s)

    def oldest_waiting(self) -> dict[str, float]:
        """For how many seconds the oldest queued job of each preset has waited; none, no entry."""
        with self._read() as connection:
            return backlog.oldest_waiting(connection)

    def ahead(self, job: Job, *, most: int = 10_000) -> Load:
        """The queued jobs of the same preset that were accepted before, counted up to `most`."""
        with self._read() as connection:
            return backlog.ahead(connection, job, most=most)

    def knows_key(self, tenant: str, key: str) -> bool:
        """Whether a job was made under the idempotency key."""
        with self._read() as connection:
            return submit.knows_key(connection, tenant, key)

    def expired(self, what: Swept, *, after_s: float, limit: int) -> list[Job]:
        """Jobs that ended so long ago and still have their audio, or their results."""
        with self._read() as connection:
            return retention.expired(connection, what, after_s=after_s, limit=limit)

    def swept(self, what: Swept, job_id: str) -> None:
        """The job's audio, or its results, were deleted."""
        with self._write() as connection:
            retention.swept(connection, what, job_id)

    def forget(self, *, after_s: float, limit: int) -> int:
        """Delete jobs that ended so long ago and of which nothing is left; how many."""
        with self._write() as connection:
            return retention.forget(connection, after_s=after_s, limit=limit)

    def forget_keys(self, *, after_s: float, limit: int) -> int:
        """Delete idempotency keys that were first used so long ago; how many."""
        with self._write() as connection:
            return retention.forget_keys(connection, after_s=after_s, limit=limit)

    def known(self, job_ids: Collection[str]) -> set[str]:
        """Which of these jobs there are."""
        with self._read() as connection:
            return retention.known(connection, job_ids)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with errors.named(self._where), self._turns, self._engine.begin() as connection:
            ended = finish.noted(connection)
            yield connection
        finish.tell(ended)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with (
            errors.named(self._where),
            sqlalchemy_engine.for_reading(self._engine).begin() as connection,
        ):
            yield connection
