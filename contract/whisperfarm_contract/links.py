"""Paths of a job in the HTTP API, relative to the farm's address."""

from whisperfarm_contract.job import Job


def job_path(job: Job) -> str:
    """Return the path of the job."""
    return f"/v1/jobs/{job.id}"


def result_path(job_id: str) -> str:
    """Return the path of the job's transcript."""
    return f"/v1/jobs/{job_id}/result"


def revisions_path(job_id: str) -> str:
    """Return the path of the job's revisions."""
    return f"/v1/jobs/{job_id}/revisions"


def revision_result_path(job_id: str, number: int) -> str:
    """Return the path of the transcript of one revision."""
    return f"{result_path(job_id)}?revision={number}"


def job_links(job: Job) -> dict[str, str]:
    """Return the paths of the job and its resources, by name."""
    paths = {"self": job_path(job), "result": result_path(job.id)}
    if job.policy.callback_url is not None or job.reply_to is not None:
        paths["callbacks"] = f"{job_path(job)}/callbacks"
    return paths
