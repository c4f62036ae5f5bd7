"""Where a job is to be found on a farm: paths, below whatever address the farm is called by."""

from whisperfarm_contract.job import Job


def path(job: Job) -> str:
    """The job itself."""
    return f"/v1/jobs/{job.id}"


def links(job: Job) -> dict[str, str]:
    """The paths that belong to a job, by name."""
    found = {"self": path(job), "result": f"{path(job)}/result"}
    if job.terms.callback_url is not None or job.reply is not None:
        found["callbacks"] = f"{path(job)}/callbacks"
    return found
