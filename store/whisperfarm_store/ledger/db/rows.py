"""Jobs as rows of the `jobs` table."""

from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from whisperfarm_contract.job import Audio, Hold, Job, Progress
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import jobs

_BY_ID = select(jobs).where(jobs.c.id == bindparam("job_id"))
_BY_ID_AND_TENANT = _BY_ID.where(jobs.c.tenant == bindparam("tenant"))
"""Built once: to build a query takes as long as to execute it, and callers poll their jobs."""


def load_job(
    connection: Connection, job_id: str, *, tenant: str | None = None, lock: bool = False
) -> Job:
    """Return the job; with `lock`, no other transaction changes it until this one ends.

    Raises `JobNotFound`.
    """
    query = _BY_ID if tenant is None else _BY_ID_AND_TENANT
    row = _row(connection, query.with_for_update() if lock else query, job_id, tenant)
    if row is None:
        raise JobNotFound(f"there is no job {job_id!r}")
    return job_of(row)


def _row(
    connection: Connection, query: Select[Any], job_id: str, tenant: str | None
) -> Row[Any] | None:
    if "\0" in job_id:  # PostgreSQL rejects this character, even in a query
        return None
    return connection.execute(query, {"job_id": job_id, "tenant": tenant}).one_or_none()


def job_of(row: Row[Any]) -> Job:
    """Return the job of a row of `jobs`."""
    return Job(
        id=row.id,
        tenant=row.tenant,
        state=JobState(row.state),
        preset=row.preset,
        options=Options(**row.options),
        audio=_audio_of(row),
        created_at=row.created_at,
        policy=JobPolicy(**row.policy),
        labels=JobLabels(batch=row.batch, reference=row.reference, metadata=row.metadata),
        attempt=row.attempt,
        failures=row.failures,
        max_attempts=row.max_attempts,
        worker_deaths=row.worker_deaths,
        started_at=row.started_at,
        finished_at=row.finished_at,
        deadline_at=row.deadline_at,
        available_at=row.available_at,
        progress=None
        if row.stage is None
        else Progress(stage=row.stage, fraction=row.stage_fraction),
        cancel_requested=row.cancel_requested,
        result_key=row.result_key,
        problem=row.problem,
        reply_to=row.reply_to,
        result_deleted_at=row.result_deleted_at,
        approved_revision=row.approved_revision,
        key_id=row.key_id,
        hold=None if row.held_at is None else Hold(since=row.held_at, reason=row.hold_reason or ""),
    )


def _audio_of(row: Row[Any]) -> Audio:
    return Audio(
        key=row.audio_key,
        sha256=row.audio_sha256,
        inner_sha256=row.audio_inner_sha256,
        size_bytes=row.audio_bytes,
        filename=row.audio_filename,
        duration_s=row.audio_s,
        duration_is_estimated=row.audio_s_is_estimate,
    )


def new_row(job: Job) -> dict[str, Any]:
    """Return the columns of a new job, except its times."""
    return {
        "id": job.id,
        "tenant": job.tenant,
        "state": JobState.QUEUED.value,
        "preset": job.preset,
        "options": job.options.to_wire(),
        "audio_key": job.audio.key,
        "audio_sha256": job.audio.sha256,
        "audio_inner_sha256": job.audio.inner_sha256,
        "audio_bytes": job.audio.size_bytes,
        "audio_filename": job.audio.filename,
        "audio_s": job.audio.duration_s,
        "audio_s_is_estimate": job.audio.duration_is_estimated,
        "policy": job.policy.to_wire(),
        "lane": job.policy.lane,
        "approval": job.policy.approval,
        "batch": job.labels.batch,
        "reference": job.labels.reference,
        "metadata": job.labels.metadata,
        "reply_to": job.reply_to,
        "key_id": job.key_id,
        "attempt": 0,
        "worker_deaths": job.worker_deaths,
        "failures": 0,
        "dispatch_count": 0,
        "max_attempts": job.max_attempts,
        "cancel_requested": False,
    }
