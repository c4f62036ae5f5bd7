"""What answers are made of: jobs, transcripts, and problems with their names."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.api.openapi.examples import CALLBACK as CALLBACK_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import JOB as JOB_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import TRANSCRIPT as TRANSCRIPT_EXAMPLE

Answer = dict[str, Any]
Answers = dict[int | str, Answer]

_TEXT = {"type": "string"}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_OBJECT = {"type": "object"}
_MAYBE_OBJECT = {"type": ["object", "null"]}

_JOB_SCHEMA = {
    "type": "object",
    "required": ["id", "state", "model", "options", "audio", "created_at", "links"],
    "properties": {
        "id": _TEXT,
        "state": {"type": "string", "enum": [state.value for state in State]},
        "model": _TEXT,
        "options": _OBJECT,
        "audio": _OBJECT,
        "attempt": {"type": "integer"},
        "max_attempts": {"type": "integer"},
        "created_at": _TIME,
        "started_at": _TIME,
        "finished_at": _TIME,
        "progress": _MAYBE_OBJECT,
        "ahead": _OBJECT,
        "starts_in_s": {"type": ["number", "null"]},
        "cancel_asked": {"type": "boolean"},
        "problem": _MAYBE_OBJECT,
        "links": _OBJECT,
    },
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "name", "exit_code"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "name": _TEXT,
        "exit_code": {"type": "integer"},
    },
}


def json_answer(about: str, schema: Mapping[str, Any], example: Any) -> Answer:
    """An answer in JSON."""
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": about, "content": content}


def job(about: str) -> Answer:
    """An answer that tells of one job."""
    return json_answer(about, _JOB_SCHEMA, JOB_EXAMPLE)


def jobs() -> Answer:
    """A page of jobs."""
    schema = {
        "type": "object",
        "properties": {
            "jobs": {"type": "array", "items": _JOB_SCHEMA},
            "next": {"type": ["string", "null"]},
        },
    }
    return json_answer("One page of jobs.", schema, {"jobs": [JOB_EXAMPLE], "next": None})


def callbacks(about: str) -> Answer:
    """The callbacks of a job."""
    schema = {"type": "object", "properties": {"callbacks": {"type": "array", "items": _OBJECT}}}
    return json_answer(about, schema, {"callbacks": [CALLBACK_EXAMPLE]})


def transcript() -> Answer:
    """A transcript as JSON."""
    return json_answer("The transcript.", _OBJECT, TRANSCRIPT_EXAMPLE)


def any_format() -> Answer:
    """A transcript in the format that was asked for."""
    texts = {one.media_type: {"schema": _TEXT} for one in FORMATS.values()}
    answer = transcript()
    answer["content"] = {**texts, **answer["content"]}
    return answer


def problems(*names: str) -> Answers:
    """The problems of these names, gathered by status."""
    found: Answers = {}
    for name in names:
        problem = PROBLEMS[name]()
        empty = {"schema": _PROBLEM_SCHEMA, "examples": {}}
        about = "It did not go well; `name` says why."
        answer = found.setdefault(
            problem.status,
            {"description": about, "content": {"application/problem+json": empty}},
        )
        answer["content"]["application/problem+json"]["examples"][name] = {
            "summary": problem.title(),
            "value": problem.to_wire(),
        }
    return found
