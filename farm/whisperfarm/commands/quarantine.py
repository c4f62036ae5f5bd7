"""`whisperfarm quarantine`: lists quarantined jobs and submits them again."""

from datetime import UTC, datetime
from typing import Any

import click

from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm.permissions import PermittedGroup
from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.submission.resubmit import retry_quarantined
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.settings import StoreSettings

_MAX_LISTED = 1000


@click.group(cls=PermittedGroup)
def quarantine() -> None:
    """List quarantined jobs and submit them again.

    A job is quarantined, and fails, when too many workers have died while they ran it. Its
    recording is kept until the job is submitted again.
    """


@quarantine.command("list")
@flags("data_dir")
def list_jobs(**flag_values: Any) -> None:
    """List the quarantined jobs, newest first.

    Prints id, tenant, end and reason.
    """
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        for job in ledger.jobs.list_quarantined(limit=_MAX_LISTED):
            print_line(_line(job))


@quarantine.command()
@click.argument("job_id", metavar="JOB")
@flags("data_dir")
def retry(job_id: str, **flag_values: Any) -> None:
    """Submit a quarantined job again.

    Creates a job with the recording and options of JOB and prints its id. The old job stays failed,
    and its recording expires like that of other jobs. The new job is a suspect from the start: it
    runs alone in its worker.
    """
    select_farm(flag_values)
    settings = StoreSettings()
    with existing_ledger(settings) as ledger:
        job = retry_quarantined(ledger, open_blobs(settings), job_id)
    print_line(job.id)


def _line(job: Job) -> str:
    ended = datetime.fromtimestamp(job.finished_at or 0, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    detail = (job.problem or {}).get("detail", "")
    return f"{job.id}  {job.tenant}  {ended}  {detail}"
