"""Jobs for tests."""

import itertools

from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import JobState

TENANT = "acme"
_numbers = itertools.count(1)


def new_job(
    job_id: str = "", *, tenant: str = TENANT, preset: str = "demo", max_attempts: int = 3
) -> Job:
    """Return a new job that is not in a ledger; without `job_id`, with a unique id."""
    chosen = job_id or f"job-{next(_numbers):06d}"
    return Job(
        id=chosen,
        tenant=tenant,
        state=JobState.QUEUED,
        preset=preset,
        options=Options(language="en", num_speakers=2),
        audio=Audio(key=f"audio/{tenant}/{chosen}", sha256="ab" * 32, size_bytes=32044),
        created_at=0.0,
        max_attempts=max_attempts,
    )
