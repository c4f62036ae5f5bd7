"""The event that reports the end of a job, over HTTP callbacks and AMQP alike."""

import json
from collections.abc import Sequence

from whisperfarm_contract import job_wire
from whisperfarm_contract.job import Job


def event_type(job: Job) -> str:
    """Return the event type of a finished job, such as `job.succeeded`.

    Raises `ValueError` if the job has not ended.
    """
    if not job.state.is_final:
        raise ValueError(f"the job {job.id} has not ended")
    return f"job.{job.state.value}"


def payload(job: Job, warnings: Sequence[str] = ()) -> str:
    """Return the event as JSON: the job with links to its transcript, without the transcript.

    `warnings` are those of the transcript; the event has them as a further member of the job.
    """
    data = {**job_wire.to_wire(job), "warnings": list(warnings)}
    document = {"type": event_type(job), "timestamp": data["finished_at"], "data": data}
    return json.dumps(document, separators=(",", ":"))
