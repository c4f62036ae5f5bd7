"""`whisperfarm jobs rerun`: stored recordings again, with another preset."""

import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import click

from whisperfarm.commands.jobs import print_jobs
from whisperfarm.console import report_problem
from whisperfarm.output import print_line
from whisperfarm.progress import Progress
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.job_filters import filter_flags, pop_filters
from whisperfarm_client import Farm
from whisperfarm_client.farm_documents import Job
from whisperfarm_contract.problems import (
    JobNotFinished,
    JobNotFound,
    RecordingExpired,
    UnknownLanguage,
)
from whisperfarm_contract.states import JobState

_OF_ONE_JOB = (JobNotFound, JobNotFinished, RecordingExpired, UnknownLanguage)
"""Problems that do not keep other jobs from being run again."""


@click.command()
@click.option("--preset", required=True, help="Preset of the new jobs.")
@filter_flags
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True, metavar="N",
    help="Most jobs to look at, the newest first.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the jobs, and submit nothing.")
@farm_flags
def rerun(preset: str, limit: int, dry_run: bool, **values: Any) -> None:
    """Run jobs that have ended again, with another preset.

    For each, the farm submits a new job with the stored recording, options and labels, without
    deadline and callback. Prints the old and the new job; the old one and its transcript are
    unchanged. Jobs that have this preset or have not ended are skipped. A second run makes no
    second jobs, as long as the farm keeps idempotency keys (WHISPERFARM_IDEMPOTENCY_DAYS).

    A job that cannot run again is reported, for example because its recording was deleted. If the
    farm is busy, the command waits for up to --timeout for each job; then run it again.

    \b
      whisperfarm jobs rerun --preset premium --state succeeded --from 2024-11-20T00:00:00Z
    """
    filters = pop_filters(values)
    with open_farm(**values) as remote:
        found = [job for job in remote.jobs(filters, limit=limit) if _can_rerun(job, preset)]
    if dry_run:
        print_jobs(found, "table")
    else:
        _rerun_all([job["id"] for job in found], preset, values)


def _can_rerun(job: Mapping[str, Any], preset: str) -> bool:
    return JobState(job["state"]).is_final and job["model"] != preset


def _rerun_all(job_ids: Sequence[str], preset: str, farm: Mapping[str, Any]) -> None:
    """Run the jobs again, each with the whole time of --timeout. Exits like `for_each`."""
    progress, exit_codes = Progress("submitted", f"of {len(job_ids)} jobs"), list[int]()
    for job_id in job_ids:
        try:
            with open_farm(**farm) as remote:
                print_line(f"{job_id}  {_rerun(remote, job_id, preset)['id']}")
        except _OF_ONE_JOB as problem:
            report_problem(problem)
            exit_codes.append(problem.exit_code)
        progress.advance()
    sys.exit(next(iter(exit_codes), 0))


def _rerun(farm: Farm, job_id: str, preset: str) -> Job:
    """Return the new job, or the one that an earlier run made."""
    key = f"rerun-{job_id}-{sha256(preset.encode()).hexdigest()[:16]}"
    return farm.retry(job_id, preset=preset, idempotency_key=key)
