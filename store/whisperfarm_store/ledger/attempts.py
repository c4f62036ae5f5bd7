"""Attempts at jobs, from the claim to the end. `attempt` is the fencing token."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Double, Row, bindparam, not_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import SUSPECT_AFTER_DEATHS, Job, Progress
from whisperfarm_contract.problems import Problem
from whisperfarm_contract.states import JobState
from whisperfarm_contract.voices import Voice
from whisperfarm_store.ledger.custody import append_entry, bodies, is_kept
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of, load_job
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.speakers import keep_voices
from whisperfarm_store.ledger.transitions import attempt_end
from whisperfarm_store.ledger.transitions.statement import (
    deadline_exceeded,
    in_state,
    is_available,
    transition,
)

_REPLY_COLUMNS = (
    jobs.c.state,
    jobs.c.attempt,
    jobs.c.cancel_requested,
    deadline_exceeded().label("deadline_exceeded"),
)


@dataclass(frozen=True, slots=True)
class HeartbeatReply:
    """The ledger's reply to a heartbeat: whether the lease is held and the attempt may go on.

    With `cancel_requested`, the caller has cancelled the job during this attempt: the ledger has
    ended the job, and the lease is not held.
    """

    held: bool
    cancel_requested: bool
    deadline_exceeded: bool = False


LEASE_LOST = HeartbeatReply(held=False, cancel_requested=False)


class Attempts:
    """Claims, leases and ends of attempts.

    `succeed`, `fail` and `requeue` raise `LeaseLost` if the job is not running,
    or `attempt` is not its current attempt.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self,
        job_id: str,
        *,
        worker: str,
        lease_s: float,
        skip_suspects: bool = False,
        describe: Callable[[Job], Mapping[str, Any]] = lambda _: {},
    ) -> Job | None:
        """Claim a job for `lease_s` seconds. Returns `None` if it is not claimable.

        A claimable job is queued, available and before its deadline. Of several concurrent calls,
        only one claims it. With `skip_suspects`, jobs for which `is_suspect` holds are not
        claimable. `describe` returns what the chain of custody records of the worker.
        """
        parameters = {"claimed_id": job_id, "worker": worker, "lease_s": lease_s}
        with self._database.write_one() as connection:
            claimed = connection.execute(_claim(skip_suspects=skip_suspects), parameters)
            row = claimed.one_or_none()
            if row is None:
                return None
            job = job_of(row)
            if is_kept(connection):
                body = bodies.started(job, worker, describe(job))
                append_entry(connection, job.id, Kind.STARTED, body)
            return job

    def is_suspect(self, job_id: str) -> bool:
        """Return whether the job is queued and has `SUSPECT_AFTER_DEATHS` worker deaths or more."""
        is_suspect = jobs.c.worker_deaths >= SUSPECT_AFTER_DEATHS
        query = select(jobs.c.id).where(jobs.c.id == job_id, in_state(JobState.QUEUED), is_suspect)
        with self._database.read() as connection:
            return connection.scalar(query) is not None

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
        values: dict[str, Any] = {"lease_until": now_s() + lease_s}
        if progress is not None:
            values |= {"stage": progress.stage, "stage_fraction": progress.fraction}
        if audio_s is not None:
            values |= {"audio_s": audio_s, "audio_s_is_estimate": False}
        statement = update(jobs).where(
            jobs.c.id == job_id, in_state(JobState.RUNNING), jobs.c.attempt == attempt
        )
        with self._database.write_one() as connection:
            extended = connection.execute(statement.values(**values).returning(*_REPLY_COLUMNS))
            row = extended.one_or_none()
            if row is None:
                return _statuses(connection, {job_id: attempt})[job_id]
        return _reply(row)

    def lease_statuses(self, held: Mapping[str, int]) -> dict[str, HeartbeatReply]:
        """Return the status of attempts by job id, without extending leases.

        `held` maps job ids to attempts.
        """
        with self._database.read() as connection:
            return _statuses(connection, held)

    def succeed(
        self,
        job_id: str,
        *,
        attempt: int,
        result_key: str,
        audio_s: float,
        speech_s: float | None = None,
        warnings: Sequence[str] = (),
        result_sha256: str | None = None,
        voices: Sequence[Voice] = (),
    ) -> None:
        """End the attempt and the job with success. The transcript is the blob `result_key`.

        `audio_s` and `speech_s` are the seconds of audio, and of speech in it. `warnings` are
        those of the transcript, for the job's callbacks, and `result_sha256` is its digest, for
        the chain of custody. `voices` are those of the speakers, if the job keeps them.
        """
        columns = {
            "result_key": result_key,
            "audio_s": audio_s,
            "audio_s_is_estimate": False,
            "speech_s": speech_s,
            "problem": None,
            "warnings": warnings,
            "result_sha256": result_sha256,
        }
        with self._database.write() as connection:
            attempt_end.finish(connection, job_id, JobState.SUCCEEDED, attempt=attempt, **columns)
            keep_voices(connection, job_id, voices)

    def fail(self, job_id: str, *, attempt: int, problem: Problem) -> None:
        """End the attempt, and fail the job. It is not retried."""
        with self._database.write() as connection:
            attempt_end.fail(connection, job_id, attempt=attempt, problem=problem)

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
        earlier attempt stays. Raises `JobNotFound` if the id is unknown.
        """
        with self._database.write() as connection:
            job = load_job(connection, job_id, lock=True)
            attempt_end.requeue(
                connection, job, attempt=attempt, problem=problem, counts=counts, delay_s=delay_s
            )


@cache
def _claim(*, skip_suspects: bool) -> ReturningUpdate[Any]:
    statement = transition(
        bindparam("claimed_id"),
        JobState.QUEUED,
        JobState.RUNNING,
        attempt=jobs.c.attempt + 1,
        lease_until=now_s() + bindparam("lease_s", type_=Double()),
        started_at=now_s(),
    ).where(is_available(), not_(deadline_exceeded()))
    if skip_suspects:
        statement = statement.where(jobs.c.worker_deaths < SUSPECT_AFTER_DEATHS)
    return statement.returning(*jobs.c)


def _statuses(connection: Connection, held: Mapping[str, int]) -> dict[str, HeartbeatReply]:
    query = select(jobs.c.id, *_REPLY_COLUMNS).where(jobs.c.id.in_(held))
    rows = {row.id: row for row in connection.execute(query)}
    return {
        job_id: _reply(rows[job_id])
        if job_id in rows and rows[job_id].attempt == attempt
        else LEASE_LOST
        for job_id, attempt in held.items()
    }


def _reply(row: Row[Any]) -> HeartbeatReply:
    held = row.state == JobState.RUNNING
    return HeartbeatReply(
        held=held,
        cancel_requested=row.cancel_requested,
        deadline_exceeded=held and bool(row.deadline_exceeded),
    )
