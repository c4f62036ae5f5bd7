"""The events that report the end of a job, and revisions of its transcript.

They are the same over HTTP callbacks and AMQP.
"""

import json
from collections.abc import Sequence
from typing import Any

from whisperfarm_contract import job_wire
from whisperfarm_contract.job import Job, to_rfc3339
from whisperfarm_contract.links import revision_result_path
from whisperfarm_contract.revisions import revision_wire
from whisperfarm_contract.revisions.revision import Revision, RevisionKind


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
    return _document(job, event_type(job), data["finished_at"], data)


def revision_event_type(revision: Revision) -> str:
    """Return `revision.approved` for an approval, and `revision.created` for all others."""
    verb = "approved" if revision.kind is RevisionKind.APPROVED else "created"
    return f"revision.{verb}"


def revision_payload(job: Job, revision: Revision) -> str:
    """Return the event as JSON: the job with the revision, without its transcript.

    The link `result` leads to the transcript of this revision.
    """
    wire = job_wire.to_wire(job)
    links = {**wire["links"], "result": revision_result_path(job.id, revision.number)}
    data = {**wire, "links": links, "revision": revision_wire.to_wire(revision)}
    at = to_rfc3339(revision.created_at)
    return _document(job, revision_event_type(revision), at, data)


def _document(job: Job, type_: str, timestamp: str | None, data: dict[str, Any]) -> str:
    document = {"type": type_, "timestamp": timestamp, **_message_id(job), "data": data}
    return json.dumps(document, separators=(",", ":"))


def _message_id(job: Job) -> dict[str, Any]:
    name = (job.reply_to or {}).get("message_id")
    return {} if name is None else {"message_id": name}
