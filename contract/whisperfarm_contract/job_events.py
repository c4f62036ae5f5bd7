"""The event that reports the end of a job, over HTTP callbacks and AMQP alike."""

import json

from whisperfarm_contract import job_wire
from whisperfarm_contract.job import Job


def event_type(job: Job) -> str:
    """Return the event type of a finished job, such as `job.succeeded`.

    Raises `ValueError` if the job has not ended.
    """
    if not job.state.is_final:
        raise ValueError(f"the job {job.id} has not ended")
    return f"job.{job.state.value}"


def payload(job: Job) -> str:
    """Return the event as JSON: the job with links to its transcript, without the transcript."""
    data = job_wire.to_wire(job)
    document = {"type": event_type(job), "timestamp": data["finished_at"], "data": data}
    return json.dumps(document, separators=(",", ":"))
