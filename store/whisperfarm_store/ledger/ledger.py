"""What can be done with the ledger. Each call is one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import Problem
from whisperfarm_contract.states import JobState
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
from whisperfarm_store.ledger.backlog import GroupLoad, Throughput, Workload
from whisperfarm_store.ledger.cache import CachedResult
from whisperfarm_store.ledger.callbacks import Callback, DeliveryResult
from whisperfarm_store.ledger.db import errors, migration, sqlalchemy_engine
from whisperfarm_store.ledger.retention import Artifact
from whisperfarm_store.ledger.submit import Idempotency
from whisperfarm_store.ledger.transitions import attempts, cancel, finish
from whisperfarm_store.ledger.transitions.attempts import HeartbeatReply
from whisperfarm_store.ledger.workers import WorkerHeartbeat


def open_ledger(url: str) -> "Ledger":
    """The ledger at a SQLAlchemy URL. Raises `InvalidSettings` when it can not be one."""
    return Ledger(sqlalchemy_engine.connect(url))


class Ledger:
    """The jobs of a farm: who wants what, how it stands, and who is at it.

    Safe to use from several threads and processes. A database that is away or busy raises
    `FarmUnavailable`, a full one `StorageFull`; an unknown id (or, where a tenant is named, another
    tenant's) raises `JobNotFound`. Whoever holds a job names its `attempt`: once the job is no
    longer running in that attempt, `succeed`, `fail`, `mark_cancelled` and `requeue` raise
    `LeaseLost` and change nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._write_lock = sqlalchemy_engine.write_lock(engine)
        self._where = engine.url.render_as_string(hide_password=True)

    def migrate(self) -> str:
        """Bring the tables up to date; their revision. Safe when several processes start at once.

        Raises `InvalidSettings` when a newer version of the farm has made them.
        """
        with errors.translate_errors(self._where):
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

    def list_jobs(
        self,
        tenant: str,
        *,
        state: JobState | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """A tenant's jobs, newest first; `before` is the id of the last job of the page before."""
        with self._read() as connection:
            return queries.list_jobs(connection, tenant, state=state, limit=limit, before=before)

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, skip_suspects: bool = False
    ) -> Job | None:
        """Take a queued, available job for `lease_s` seconds, or `None` when it is not to be had.

        `skip_suspects`: None also for a suspect, as `is_suspect` defines it.
        """
        with self._write() as connection:
            return attempts.claim(
                connection, job_id, worker=worker, lease_s=lease_s, skip_suspects=skip_suspects
            )

    def is_suspect(self, job_id: str) -> bool:
        """Whether the job is queued and `SUSPECT_AFTER_DEATHS` workers or more died while it
        ran."""
        with self._read() as connection:
            return quarantine.is_suspect(connection, job_id)

    def list_quarantined(self, *, limit: int) -> list[Job]:
        """The jobs that are kept aside because workers died under them, those of last first."""
        with self._read() as connection:
            return quarantine.list_quarantined(connection, limit=limit)

    def retry_quarantined(self, job_id: str, successor: Job) -> Job:
        """Keep a job aside no longer, and accept another in its stead; both or neither."""
        with self._write() as connection:
            return quarantine.retry(connection, job_id, successor)

    def heartbeat(
        self,
        job_id: str,
        *,
        attempt: int,
        lease_s: float,
        progress: Progress | None = None,
        audio_s: float | None = None,
    ) -> HeartbeatReply:
        """Prolong the lease to `lease_s` seconds from now, and note what is known by now."""
        with self._write() as connection:
            return attempts.heartbeat(
                connection,
                job_id,
                attempt=attempt,
                lease_s=lease_s,
                progress=progress,
                audio_s=audio_s,
            )

    def lease_statuses(self, held: Mapping[str, int]) -> dict[str, HeartbeatReply]:
        """How these attempts stand, by the job's id, without prolonging a lease."""
        with self._read() as connection:
            return attempts.lease_statuses(connection, held)

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

    def mark_cancelled(self, job_id: str, *, attempt: int) -> None:
        """The worker stopped because it was asked to."""
        with self._write() as connection:
            attempts.mark_cancelled(connection, job_id, attempt=attempt)

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

    def request_cancel(self, job_id: str, *, tenant: str) -> Job:
        """Cancel a queued job at once, ask for a running one, leave one that has ended."""
        with self._write() as connection:
            return cancel.request_cancel(connection, job_id, tenant=tenant)

    def find_cached(self, tenant: str, key: str) -> CachedResult | None:
        """The transcript that was made before of what the key stands for."""
        with self._read() as connection:
            return cache.find(connection, tenant, key)

    def save_cached(self, job_id: str, key: str) -> None:
        """Note the transcript of a job that succeeded under what it was made of."""
        with self._write() as connection:
            cache.save(connection, job_id, key)

    def list_dispatchable(self, limit: int, *, preset: str | None = None) -> list[Job]:
        """Available queued jobs that are not in the broker, oldest first; of one preset, or all."""
        with self._read() as connection:
            return dispatch.list_dispatchable(connection, limit, preset=preset)

    def mark_dispatched(self, job_ids: Sequence[str]) -> set[str]:
        """These jobs are given to the broker; those of them that nobody else had given."""
        with self._write() as connection:
            return dispatch.mark_dispatched(connection, job_ids)

    def unmark_dispatched(self, job_ids: Sequence[str]) -> None:
        """The broker did not take these jobs, which were marked as released."""
        with self._write() as connection:
            dispatch.unmark_dispatched(connection, job_ids)

    def count_dispatched(self, *, preset: str | None = None) -> int:
        """How many jobs are in the broker and not yet claimed; of one preset, or of all."""
        with self._read() as connection:
            return dispatch.count_dispatched(connection, preset=preset)

    def rescue(
        self,
        *,
        redispatch_after_s: float,
        idle: Collection[str] = (),
        max_worker_deaths: int = 3,
        spare_leases: bool = False,
    ) -> list[Job]:
        """Move on the jobs of silent workers, late ones, and those that nobody claimed for so long.

        A job that fell silent with `max_worker_deaths` workers fails, and is kept aside. A job that
        stays unclaimed waits twice as long each time it is released again, but for presets that are
        `idle`: their workers have nothing to do, so its message was lost. `spare_leases`: leases
        that have run out are left alone this time.
        """
        with self._write() as connection:
            return rescue.rescue(
                connection,
                redispatch_after_s=redispatch_after_s,
                idle=idle,
                max_worker_deaths=max_worker_deaths,
                spare_leases=spare_leases,
            )

    def finished_among(self, job_ids: Collection[str]) -> set[str]:
        """Which of these jobs have ended."""
        with self._read() as connection:
            return queries.finished_among(connection, job_ids)

    def callbacks(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Who is told of the job's end, and how that went; none before it has ended."""
        with self._read() as connection:
            queries.get(connection, job_id, tenant=tenant)
            return callbacks.list_for_job(connection, job_id)

    def count_pending_callbacks(self) -> int:
        """How many callbacks are neither delivered nor given up."""
        with self._read() as connection:
            return callbacks.count_pending(connection)

    def claim_callback(self, *, lease_s: float, busy: Collection[str] = ()) -> Callback | None:
        """A callback that is due, and nobody else's for `lease_s` seconds; `None`: there is none.

        `busy` are receivers that are to be left alone now.
        """
        with self._read() as connection:
            if not callbacks.any_due(connection, busy):
                return None
        with self._write() as connection:
            return callbacks.claim(connection, lease_s=lease_s, busy=busy)

    def record_delivery(self, callback: Callback, result: DeliveryResult) -> None:
        """What came of a try. It counts for nothing once somebody else has tried again."""
        with self._write() as connection:
            callbacks.record_result(connection, callback, result)

    def replay_callbacks(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Send all callbacks of a job once more, under the same ids; as they are now."""
        with self._write() as connection:
            queries.get(connection, job_id, tenant=tenant)
            return callbacks.replay(connection, job_id)

    def record_heartbeat(self, heartbeat: WorkerHeartbeat, *, is_first: bool = False) -> bool:
        """A worker gives a sign of life; whether it is asked to leave.

        `is_first` is said with the first sign of a process, whose name another may have had before.
        """
        with self._write() as connection:
            return workers.record_heartbeat(connection, heartbeat, is_first=is_first)

    def request_drain(self, names: Collection[str]) -> None:
        """Ask these workers to take no more jobs and to leave when those they have are done."""
        with self._write() as connection:
            workers.request_drain(connection, names)

    def running_counts(self) -> dict[str, int]:
        """How many jobs each worker has now, by the workers' names."""
        with self._read() as connection:
            return workers.running_counts(connection)

    def deregister_worker(self, name: str) -> None:
        """A worker says good-bye."""
        with self._write() as connection:
            workers.deregister(connection, name)

    def live_workers(self, *, within_s: float) -> list[WorkerHeartbeat]:
        """The workers that were heard of within so many seconds."""
        with self._read() as connection:
            return workers.live(connection, within_s=within_s)

    def backlog(self) -> list[GroupLoad]:
        """How much work has not ended, by tenant, preset and state."""
        with self._read() as connection:
            return backlog.backlog(connection)

    def throughput(self, *, within_s: float) -> list[Throughput]:
        """How much work was done in the last seconds, by tenant and preset."""
        with self._read() as connection:
            return backlog.throughput(connection, within_s=within_s)

    def oldest_queued_s(self) -> dict[str, float]:
        """For how many seconds the oldest queued job of each preset has waited; none, no entry."""
        with self._read() as connection:
            return backlog.oldest_queued_s(connection)

    def jobs_ahead(self, job: Job, *, limit: int = 10_000) -> Workload:
        """The queued jobs of the same preset that were accepted before, counted up to `limit`."""
        with self._read() as connection:
            return backlog.jobs_ahead(connection, job, limit=limit)

    def key_exists(self, tenant: str, key: str) -> bool:
        """Whether a job was made under the idempotency key."""
        with self._read() as connection:
            return submit.key_exists(connection, tenant, key)

    def due_for_deletion(self, artifact: Artifact, *, after_s: float, limit: int) -> list[Job]:
        """Jobs that ended so long ago and still have their audio, or their results."""
        with self._read() as connection:
            return retention.due_for_deletion(connection, artifact, after_s=after_s, limit=limit)

    def mark_deleted(self, artifact: Artifact, job_id: str) -> None:
        """The job's audio, or its results, were deleted."""
        with self._write() as connection:
            retention.mark_deleted(connection, artifact, job_id)

    def delete_jobs(self, *, after_s: float, limit: int) -> int:
        """Delete jobs that ended so long ago and of which nothing is left; how many."""
        with self._write() as connection:
            return retention.delete_jobs(connection, after_s=after_s, limit=limit)

    def delete_keys(self, *, after_s: float, limit: int) -> int:
        """Delete idempotency keys that were first used so long ago; how many."""
        with self._write() as connection:
            return retention.delete_keys(connection, after_s=after_s, limit=limit)

    def existing(self, job_ids: Collection[str]) -> set[str]:
        """Which of these jobs there are."""
        with self._read() as connection:
            return retention.existing(connection, job_ids)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with (
            errors.translate_errors(self._where),
            self._write_lock,
            self._engine.begin() as connection,
        ):
            finished = finish.collect_finished(connection)
            yield connection
        finish.log_finished(finished)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with (
            errors.translate_errors(self._where),
            sqlalchemy_engine.read_only(self._engine).begin() as connection,
        ):
            yield connection
