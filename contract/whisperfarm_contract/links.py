"""Paths of a job in the HTTP API, relative to the farm's address."""

from whisperfarm_contract.job import Job


def path(job: Job) -> str:
    """Return the path of the job."""
    return f"/v1/jobs/{job.id}"


def links(job: Job) -> dict[str, str]:
    """Return the paths of the job and its resources, by name."""
    found = {"self": path(job), "result": f"{path(job)}/result"}
    if job.terms.callback_url is not None or job.reply is not None:
        found["callbacks"] = f"{path(job)}/callbacks"
    return found
