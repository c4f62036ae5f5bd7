"""What those are told who want to know of a job's end, by whatever way they are told."""

import json

from whisperfarm_contract import job_wire
from whisperfarm_contract.job import Job


def event(job: Job) -> str:
    """What has happened to a job that has ended, such as `job.succeeded`."""
    if not job.state.is_final:
        raise ValueError(f"the job {job.id} has not ended")
    return f"job.{job.state.value}"


def body(job: Job) -> str:
    """The event as JSON: the job, and where its transcript is; never a word of the transcript."""
    data = job_wire.to_wire(job)
    document = {"type": event(job), "timestamp": data["finished_at"], "data": data}
    return json.dumps(document, separators=(",", ":"))
