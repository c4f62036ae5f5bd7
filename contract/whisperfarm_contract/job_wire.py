"""The JSON form of a job in HTTP responses and events: a table that writes and describes it.

It contains nothing about tenants, API keys or workers.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from whisperfarm_contract import problems, schema_fields
from whisperfarm_contract.job import (
    APPROVED,
    PENDING,
    STAGES,
    Audio,
    Hold,
    Job,
    Progress,
    to_rfc3339,
)
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.links import job_links
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import JobState

Schema = Mapping[str, Any]


class Member(NamedTuple):
    """A member of a JSON object: the schema of its values, and how to read one from the source."""

    schema: Schema
    get_value: Callable[[Any], Any]


Members = Mapping[str, Member]


def to_wire(job: Job) -> dict[str, Any]:
    """Return the job as a JSON object. Every member is present; those without a value are null."""
    return _to_wire(MEMBERS, job)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    return _object_schema(MEMBERS)


def _to_wire(members: Members, subject: Any) -> dict[str, Any]:
    return {name: member.get_value(subject) for name, member in members.items()}


def _object_schema(members: Members) -> dict[str, Any]:
    return {
        "type": "object",
        # Nullable members are not required: FastAPI drops nulls from the examples in its document.
        "required": [name for name, member in members.items() if not _is_nullable(member.schema)],
        "properties": {name: member.schema for name, member in members.items()},
    }


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _is_nullable(schema: Schema) -> bool:
    return "null" in schema["type"]


_STRING: Schema = {"type": "string"}
_BOOLEAN: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "number", "minimum": 0}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TIMESTAMP: Schema = {"type": "string", "format": "date-time"}
_LABELS = schema_fields.properties(JobLabels)
_LINKS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "string", "format": "uri-reference"},
}

AUDIO: Members = MappingProxyType(
    {
        "filename": Member(_STRING, lambda audio: audio.filename),
        "sha256": Member(_STRING, lambda audio: audio.sha256),
        "size_bytes": Member(_COUNT, lambda audio: audio.size_bytes),
        "duration_s": Member(_nullable(_NUMBER), lambda audio: audio.duration_s),
        "duration_is_estimated": Member(_BOOLEAN, lambda audio: audio.duration_is_estimated),
    }
)

PROGRESS: Members = MappingProxyType(
    {
        "stage": Member({"type": "string", "enum": list(STAGES)}, lambda progress: progress.stage),
        "fraction": Member({**_NUMBER, "maximum": 1}, lambda progress: round(progress.fraction, 3)),
    }
)


def _audio(audio: Audio) -> dict[str, Any]:
    return _to_wire(AUDIO, audio)


def _progress(progress: Progress | None) -> dict[str, Any] | None:
    return None if progress is None else _to_wire(PROGRESS, progress)


HOLD: Members = MappingProxyType(
    {
        "since": Member(_TIMESTAMP, lambda hold: to_rfc3339(hold.since)),
        "reason": Member(_STRING, lambda hold: hold.reason),
    }
)


def _hold(hold: Hold | None) -> dict[str, Any] | None:
    return None if hold is None else _to_wire(HOLD, hold)


def _problem(problem: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if problem is None else dict(problem)


MEMBERS: Members = MappingProxyType(
    {
        "id": Member(_STRING, lambda job: job.id),
        "state": Member(
            {"type": "string", "enum": [state.value for state in JobState]},
            lambda job: job.state.value,
        ),
        "model": Member(_STRING, lambda job: job.preset),
        "options": Member(schema_fields.object_schema(Options), lambda job: job.options.to_wire()),
        "policy": Member(schema_fields.object_schema(JobPolicy), lambda job: job.policy.to_wire()),
        "batch": Member(_nullable(_LABELS["batch"]), lambda job: job.labels.batch),
        "reference": Member(_nullable(_LABELS["reference"]), lambda job: job.labels.reference),
        "metadata": Member(_nullable(_LABELS["metadata"]), lambda job: job.labels.metadata),
        "audio": Member(_object_schema(AUDIO), lambda job: _audio(job.audio)),
        "attempt": Member(_COUNT, lambda job: job.attempt),
        "failures": Member(_COUNT, lambda job: job.failures),
        "max_attempts": Member(_COUNT, lambda job: job.max_attempts),
        "created_at": Member(_TIMESTAMP, lambda job: to_rfc3339(job.created_at)),
        "available_at": Member(_nullable(_TIMESTAMP), lambda job: to_rfc3339(job.available_at)),
        "started_at": Member(_nullable(_TIMESTAMP), lambda job: to_rfc3339(job.started_at)),
        "finished_at": Member(_nullable(_TIMESTAMP), lambda job: to_rfc3339(job.finished_at)),
        "deadline_at": Member(_nullable(_TIMESTAMP), lambda job: to_rfc3339(job.deadline_at)),
        "progress": Member(
            _nullable(_object_schema(PROGRESS)), lambda job: _progress(job.progress)
        ),
        "cancel_requested": Member(_BOOLEAN, lambda job: job.cancel_requested),
        "problem": Member(_nullable(problems.SCHEMA), lambda job: _problem(job.problem)),
        "approval": Member(
            _nullable({"type": "string", "enum": [PENDING, APPROVED, None]}),
            lambda job: job.approval,
        ),
        "hold": Member(_nullable(_object_schema(HOLD)), lambda job: _hold(job.hold)),
        "links": Member(_LINKS, job_links),
    }
)
"""The members of a job, in the order in which they are written."""
