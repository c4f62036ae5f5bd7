"""The times at which a job's own days to keep its recording and its transcripts end."""

from sqlalchemy import Connection, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import jobs

_DAY_S = 86_400.0

FAILED_ORIGINAL_DAYS = 1.0
"""How long a failed job with `originals=destroy` keeps its recording, so that it can be retried."""


def limit_days(connection: Connection, job: Job) -> None:
    """Record these times for a job that has ended, if its policy has such days."""
    days = {
        jobs.c.audio_due_at: _audio_days(job),
        jobs.c.results_due_at: job.policy.keep_results_days,
    }
    due_at = {
        column: jobs.c.finished_at + own * _DAY_S for column, own in days.items() if own is not None
    }
    if due_at:
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(due_at))


def _audio_days(job: Job) -> float | None:
    own = job.policy.keep_audio_days
    if job.options.destroys_originals and job.state is JobState.FAILED:
        return FAILED_ORIGINAL_DAYS if own is None else min(own, FAILED_ORIGINAL_DAYS)
    return own
