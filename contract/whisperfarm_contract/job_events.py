"""The event that reports the end of a job, over HTTP callbacks and AMQP alike."""

import json
from collections.abc import Sequence
from typing import Any

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

    `warnings` are those of the transcript; the event has them as a further member of the job. If a
    message submitted the job, the event has the id of that message as `message_id`.
    """
    data = {**job_wire.to_wire(job), "warnings": list(warnings)}
    document = {
        "type": event_type(job),
        "timestamp": data["finished_at"],
        **_message_id(job),
        "data": data,
    }
    return json.dumps(document, separators=(",", ":"))


def _message_id(job: Job) -> dict[str, Any]:
    name = (job.reply_to or {}).get("message_id")
    return {} if name is None else {"message_id": name}
