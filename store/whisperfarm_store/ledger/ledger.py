"""All operations of the ledger. Each call is one transaction."""

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
    """Return the ledger at a SQLAlchemy URL. Raises `InvalidSettings` if the URL is invalid."""
    return Ledger(sqlalchemy_engine.connect(url))


class Ledger:
    """Jobs of a farm with their states, attempts and callbacks, and the workers that run them.

    Safe to use from several threads and processes. Methods raise these errors, and then change
    nothing, unless noted:

    - `FarmUnavailable`, from all methods: the database is unavailable or busy. If the connection
      breaks during the commit, the change may have been made
    - `StorageFull`, from all methods that write: the database's disk is full
    - `ServerError`, from all methods: the database is damaged
    - `JobNotFound`, from `get`, `list_jobs` (for `before`), `retry_quarantined`, `requeue`,
      `request_cancel`, `callbacks` and `replay_callbacks`: the id is unknown, or belongs to a
      tenant other than `tenant`
    - `LeaseLost`, from `succeed`, `fail` and `requeue`: the job is not running,
      or `attempt` is not its current attempt
    - `IdempotencyConflict`, from `insert`: the key was used for a different request
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._write_lock = sqlalchemy_engine.write_lock(engine)
        self._where = engine.url.render_as_string(hide_password=True)

    def migrate(self) -> str:
        """Migrate the tables to this version. Returns their revision.

        Safe if several processes start at once. Raises `InvalidSettings` if a newer version of the
        farm has migrated them, or if the database is damaged or its file cannot be opened.
        """
        with errors.translate_errors(self._where), errors.reject_unusable(self._where):
            return migration.migrate(self._engine)

    def durability(self) -> dict[str, str]:
        """Return PostgreSQL's settings for durability in a power cut. Empty for SQLite."""
        if self._engine.dialect.name != "postgresql":
            return {}
        with self._read() as connection:
            settings = ("fsync", "full_page_writes", "synchronous_commit")
            return {name: str(connection.scalar(text(f"SHOW {name}"))) for name in settings}

    def check(self) -> None:
        """Check that the database answers a query."""
        with self._read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def insert(self, job: Job, *, idempotency: Idempotency | None = None) -> Job:
        """Insert a job as queued, and return it. The ledger sets its state, attempt and times.

        If the key was used before with the same fingerprint, returns the existing job.
        """
        with self._write() as connection:
            return submit.insert_job(connection, job, idempotency)

    def get(self, job_id: str, *, tenant: str | None = None) -> Job:
        """Return the job. Without `tenant`, it may belong to any tenant."""
        with self._read() as connection:
            return queries.get(connection, job_id, tenant=tenant)

    def find(self, idempotency_key: str, *, tenant: str) -> Job | None:
        """Return the job that was inserted with this idempotency key, or `None`."""
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
        """Return a page of a tenant's jobs, newest first, starting after the job `before`."""
        with self._read() as connection:
            return queries.list_jobs(connection, tenant, state=state, limit=limit, before=before)

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, skip_suspects: bool = False
    ) -> Job | None:
        """Claim a queued, available job for `lease_s` seconds, or return `None`.

        With `skip_suspects`, jobs for which `is_suspect` holds are not claimable.
        """
        with self._write() as connection:
            return attempts.claim(
                connection, job_id, worker=worker, lease_s=lease_s, skip_suspects=skip_suspects
            )

    def is_suspect(self, job_id: str) -> bool:
        """Return whether the job is queued and has `SUSPECT_AFTER_DEATHS` worker deaths or more."""
        with self._read() as connection:
            return quarantine.is_suspect(connection, job_id)

    def list_quarantined(self, *, limit: int) -> list[Job]:
        """Return the jobs in quarantine, newest first."""
        with self._read() as connection:
            return quarantine.list_quarantined(connection, limit=limit)

    def retry_quarantined(self, job_id: str, successor: Job) -> Job:
        """Take a job out of quarantine, and insert and return `successor` in its place."""
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
        """Extend the lease to `lease_s` seconds from now, and store the progress and the duration.

        `audio_s` is the length of the audio in seconds. If the lease is lost, the reply says so
        and nothing is stored.
        """
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
        """Return the status of attempts by job id, without extending leases.

        `held` maps job ids to attempts.
        """
        with self._read() as connection:
            return attempts.lease_statuses(connection, held)

    def succeed(self, job_id: str, *, attempt: int, result_key: str, audio_s: float) -> None:
        """End the attempt and the job with success. The transcript is the blob `result_key`."""
        with self._write() as connection:
            attempts.succeed(
                connection, job_id, attempt=attempt, result_key=result_key, audio_s=audio_s
            )

    def fail(self, job_id: str, *, attempt: int, problem: Problem) -> None:
        """End the attempt, and fail the job. It is not retried."""
        with self._write() as connection:
            attempts.fail(connection, job_id, attempt=attempt, problem=problem)

    def requeue(
        self,
        job_id: str,
        *,
        attempt: int,
        problem: Problem | None = None,
        counts: bool = False,
        delay_s: float = 0.0,
    ) -> None:
        """End the attempt, and queue the job again. It is available after `delay_s` seconds.

        `counts` means that the attempt counts as a failure. Without a `problem`, the problem of an
        earlier attempt stays.
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
        """Cancel a queued or running job, and return it. A finished job stays unchanged."""
        with self._write() as connection:
            return cancel.request_cancel(connection, job_id, tenant=tenant)

    def find_cached(self, tenant: str, key: str) -> CachedResult | None:
        """Return the tenant's transcript with this key of the result cache, or `None`."""
        with self._read() as connection:
            return cache.find(connection, tenant, key)

    def save_cached(self, job_id: str, key: str) -> None:
        """Store the transcript of a successful job under a key of the result cache."""
        with self._write() as connection:
            cache.save(connection, job_id, key)

    def list_dispatchable(self, limit: int, *, preset: str | None = None) -> list[Job]:
        """Return available queued jobs that are not in the broker, oldest first."""
        with self._read() as connection:
            return dispatch.list_dispatchable(connection, limit, preset=preset)

    def mark_dispatched(self, job_ids: Sequence[str]) -> set[str]:
        """Mark jobs as dispatched. Returns those that were not dispatched before.

        Publish only these: another dispatcher publishes the others.
        """
        with self._write() as connection:
            return dispatch.mark_dispatched(connection, job_ids)

    def unmark_dispatched(self, job_ids: Sequence[str]) -> None:
        """Undo `mark_dispatched` for jobs that could not be published."""
        with self._write() as connection:
            dispatch.unmark_dispatched(connection, job_ids)

    def count_dispatched(self, *, preset: str | None = None) -> int:
        """Return the number of jobs that are dispatched and not yet claimed."""
        with self._read() as connection:
            return dispatch.count_dispatched(connection, preset=preset)

    def rescue(
        self,
        *,
        redispatch_after_s: float,
        idle: Collection[str] = (),
        max_worker_deaths: int = 3,
        spare_leases: bool = False,
        lease_s: float | None = None,
    ) -> list[Job]:
        """Recover stuck jobs. Returns them in their new state.

        - Jobs whose deadline passed fail.
        - Jobs whose lease expired are retried. After `max_worker_deaths` worker deaths they are
          quarantined. With `spare_leases`, they are left alone.
        - Dispatched jobs that were not claimed for `redispatch_after_s` seconds are available for
          dispatch again. The time doubles with each dispatch of a job, but only once for the `idle`
          presets: their workers have nothing to do, so the message was lost.

        With `lease_s`, leases that end further ahead are shortened to `lease_s` seconds: the clock
        was set back since they were renewed.
        """
        with self._write() as connection:
            return rescue.rescue(
                connection,
                redispatch_after_s=redispatch_after_s,
                idle=idle,
                max_worker_deaths=max_worker_deaths,
                spare_leases=spare_leases,
                lease_s=lease_s,
            )

    def finished_among(self, job_ids: Collection[str]) -> set[str]:
        """Return those of the jobs that are in a final state."""
        with self._read() as connection:
            return queries.finished_among(connection, job_ids)

    def callbacks(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Return the callbacks of a job. There are none before the job has finished."""
        with self._read() as connection:
            queries.get(connection, job_id, tenant=tenant)
            return callbacks.list_for_job(connection, job_id)

    def count_pending_callbacks(self) -> int:
        """Return the number of pending callbacks."""
        with self._read() as connection:
            return callbacks.count_pending(connection)

    def claim_callback(self, *, lease_s: float, busy: Collection[str] = ()) -> Callback | None:
        """Claim a due callback for `lease_s` seconds. Returns `None` if none is due.

        Callbacks to `busy` endpoints are skipped.
        """
        with self._read() as connection:
            if not callbacks.any_due(connection, busy):
                return None
        with self._write() as connection:
            return callbacks.claim(connection, lease_s=lease_s, busy=busy)

    def record_delivery(self, callback: Callback, result: DeliveryResult) -> None:
        """Record the result of a delivery attempt, unless another attempt has started since."""
        with self._write() as connection:
            callbacks.record_result(connection, callback, result)

    def replay_callbacks(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Make all callbacks of a job due again, with the same ids. Returns them."""
        with self._write() as connection:
            queries.get(connection, job_id, tenant=tenant)
            return callbacks.replay(connection, job_id)

    def record_heartbeat(self, heartbeat: WorkerHeartbeat, *, is_first: bool = False) -> bool:
        """Record a worker's heartbeat. Returns whether the worker is asked to drain.

        Pass `is_first` with the first heartbeat of a process: it discards a request to an earlier
        process of the same name.
        """
        with self._write() as connection:
            return workers.record_heartbeat(connection, heartbeat, is_first=is_first)

    def request_drain(self, names: Collection[str]) -> None:
        """Ask workers to drain: to claim no more jobs, finish those that they run, and exit."""
        with self._write() as connection:
            workers.request_drain(connection, names)

    def running_counts(self) -> dict[str, int]:
        """Return the number of running jobs by worker name, without workers that have none."""
        with self._read() as connection:
            return workers.running_counts(connection)

    def deregister_worker(self, name: str) -> None:
        with self._write() as connection:
            workers.deregister(connection, name)

    def live_workers(self, *, within_s: float) -> list[WorkerHeartbeat]:
        """Return the workers with a heartbeat in the last `within_s` seconds, sorted by name."""
        with self._read() as connection:
            return workers.live(connection, within_s=within_s)

    def backlog(self) -> list[GroupLoad]:
        """Return the unfinished work by tenant, preset and state."""
        with self._read() as connection:
            return backlog.backlog(connection)

    def throughput(self, *, within_s: float) -> list[Throughput]:
        """Return the work finished in the last `within_s` seconds, by tenant and preset."""
        with self._read() as connection:
            return backlog.throughput(connection, within_s=within_s)

    def oldest_queued_s(self) -> dict[str, float]:
        """Return the age of the oldest queued job by preset, in seconds, without empty presets."""
        with self._read() as connection:
            return backlog.oldest_queued_s(connection)

    def jobs_ahead(self, job: Job, *, limit: int = 10_000) -> Workload:
        """Return the work queued for the same preset before this job, of at most `limit` jobs."""
        with self._read() as connection:
            return backlog.jobs_ahead(connection, job, limit=limit)

    def key_exists(self, tenant: str, key: str) -> bool:
        """Return whether a job was inserted with this idempotency key."""
        with self._read() as connection:
            return submit.key_exists(connection, tenant, key)

    def due_for_deletion(self, artifact: Artifact, *, after_s: float, limit: int) -> list[Job]:
        """Return jobs that ended more than `after_s` seconds ago and still have `artifact`."""
        with self._read() as connection:
            return retention.due_for_deletion(connection, artifact, after_s=after_s, limit=limit)

    def mark_deleted(self, artifact: Artifact, job_id: str) -> None:
        """Record that the job's audio or results were deleted."""
        with self._write() as connection:
            retention.mark_deleted(connection, artifact, job_id)

    def delete_jobs(self, *, after_s: float, limit: int) -> int:
        """Delete jobs that ended more than `after_s` seconds ago and whose blobs are deleted.

        Jobs with pending callbacks stay. Returns the number of deleted jobs.
        """
        with self._write() as connection:
            return retention.delete_jobs(connection, after_s=after_s, limit=limit)

    def delete_keys(self, *, after_s: float, limit: int) -> int:
        """Delete idempotency keys first used more than `after_s` seconds ago. Returns their
        number."""
        with self._write() as connection:
            return retention.delete_keys(connection, after_s=after_s, limit=limit)

    def existing(self, job_ids: Collection[str]) -> set[str]:
        """Return those of the ids that belong to jobs. Pass at most a few hundred."""
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
