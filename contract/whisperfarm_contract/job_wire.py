"""The JSON form of a job in HTTP responses and events: a table that writes and describes it.

It contains nothing about tenants, API keys or workers.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from whisperfarm_contract import problems, record
from whisperfarm_contract.job import STAGES, Audio, Job, Progress, iso
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.links import links
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import State

Schema = Mapping[str, Any]


class Member(NamedTuple):
    """A member of a JSON object: the schema of its values, and how to read one from the source."""

    schema: Schema
    take: Callable[[Any], Any]


Members = Mapping[str, Member]


def to_wire(job: Job) -> dict[str, Any]:
    """Return the job as a JSON object. Every member is present; those without a value are null."""
    return _written(MEMBERS, job)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    return _described(MEMBERS)


def _written(members: Members, subject: Any) -> dict[str, Any]:
    return {name: member.take(subject) for name, member in members.items()}


def _described(members: Members) -> dict[str, Any]:
    return {
        "type": "object",
        # Nullable members are not required: FastAPI drops nulls from the examples in its document.
        "required": [name for name, member in members.items() if not _is_nullable(member.schema)],
        "properties": {name: member.schema for name, member in members.items()},
    }


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _is_nullable(schema: Schema) -> bool:
    return "null" in schema["type"]


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number", "minimum": 0}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TIME: Schema = {"type": "string", "format": "date-time"}
_LINKS: Schema = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}

AUDIO: Members = MappingProxyType(
    {
        "filename": Member(_TEXT, lambda audio: audio.filename),
        "sha256": Member(_TEXT, lambda audio: audio.sha256),
        "size_bytes": Member(_COUNT, lambda audio: audio.size_bytes),
        "seconds": Member(_or_null(_NUMBER), lambda audio: audio.seconds),
    }
)

PROGRESS: Members = MappingProxyType(
    {
        "stage": Member({"type": "string", "enum": list(STAGES)}, lambda progress: progress.stage),
        "done": Member({**_NUMBER, "maximum": 1}, lambda progress: round(progress.done, 3)),
    }
)


def _audio(audio: Audio) -> dict[str, Any]:
    return _written(AUDIO, audio)


def _progress(progress: Progress | None) -> dict[str, Any] | None:
    return None if progress is None else _written(PROGRESS, progress)


def _problem(problem: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if problem is None else dict(problem)


MEMBERS: Members = MappingProxyType(
    {
        "id": Member(_TEXT, lambda job: job.id),
        "state": Member(
            {"type": "string", "enum": [state.value for state in State]},
            lambda job: job.state.value,
        ),
        "model": Member(_TEXT, lambda job: job.preset),
        "options": Member(record.object_schema(Options), lambda job: job.options.to_wire()),
        "terms": Member(record.object_schema(Terms), lambda job: job.terms.to_wire()),
        "audio": Member(_described(AUDIO), lambda job: _audio(job.audio)),
        "attempt": Member(_COUNT, lambda job: job.attempt),
        "failures": Member(_COUNT, lambda job: job.failures),
        "max_attempts": Member(_COUNT, lambda job: job.max_attempts),
        "created_at": Member(_TIME, lambda job: iso(job.created_at)),
        "available_at": Member(_or_null(_TIME), lambda job: iso(job.available_at)),
        "started_at": Member(_or_null(_TIME), lambda job: iso(job.started_at)),
        "finished_at": Member(_or_null(_TIME), lambda job: iso(job.finished_at)),
        "deadline_at": Member(_or_null(_TIME), lambda job: iso(job.deadline_at)),
        "progress": Member(_or_null(_described(PROGRESS)), lambda job: _progress(job.progress)),
        "cancel_asked": Member({"type": "boolean"}, lambda job: job.cancel_asked),
        "problem": Member(_or_null(problems.SCHEMA), lambda job: _problem(job.problem)),
        "links": Member(_LINKS, links),
    }
)
"""The members of a job, in the order in which they are written."""
