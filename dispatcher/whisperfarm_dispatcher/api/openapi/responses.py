"""Responses with jobs, transcripts, callbacks and problems."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract import examples, job_wire
from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_contract.problems import SCHEMA as PROBLEM_SCHEMA
from whisperfarm_dispatcher.api.openapi.examples import CALLBACK as CALLBACK_EXAMPLE
from whisperfarm_dispatcher.api.responses import TURN_PROPERTIES

Answer = dict[str, Any]
Answers = dict[int | str, Answer]

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}


def _job_schema() -> dict[str, Any]:
    schema = job_wire.json_schema()
    return {**schema, "properties": {**schema["properties"], **TURN_PROPERTIES}}


_JOB_SCHEMA = _job_schema()
_JOB_EXAMPLE = job_wire.to_wire(examples.JOB)
_WAITING_EXAMPLE = job_wire.to_wire(examples.WAITING_JOB)


def json_answer(about: str, schema: Mapping[str, Any], example: Any) -> Answer:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": about, "content": content}


def job(about: str) -> Answer:
    return json_answer(about, _JOB_SCHEMA, _JOB_EXAMPLE)


def jobs() -> Answer:
    schema = {
        "type": "object",
        "properties": {
            "jobs": {"type": "array", "items": _JOB_SCHEMA},
            "next": {
                "type": ["string", "null"],
                "description": "value of `before` for the next page; null on the last page",
            },
        },
    }
    example = {"jobs": [_JOB_EXAMPLE, _WAITING_EXAMPLE], "next": None}
    return json_answer("One page of jobs.", schema, example)


def callbacks(about: str) -> Answer:
    schema = {"type": "object", "properties": {"callbacks": {"type": "array", "items": _OBJECT}}}
    return json_answer(about, schema, {"callbacks": [CALLBACK_EXAMPLE]})


def transcript() -> Answer:
    return json_answer("The transcript.", _OBJECT, examples.TRANSCRIPT.to_wire())


def any_format() -> Answer:
    """Return a transcript in any of the formats."""
    texts = {one.media_type: {"schema": _TEXT} for one in FORMATS.values()}
    answer = transcript()
    answer["content"] = {**texts, **answer["content"]}
    return answer


def problems(*names: str) -> Answers:
    """Return one response per status, with the problems of these names as examples."""
    found: Answers = {}
    for name in names:
        problem = PROBLEMS[name]()
        empty = {"schema": PROBLEM_SCHEMA, "examples": {}}
        about = "A problem document (RFC 9457); `name` identifies the problem."
        answer = found.setdefault(
            problem.status,
            {"description": about, "content": {"application/problem+json": empty}},
        )
        answer["content"]["application/problem+json"]["examples"][name] = {
            "summary": problem.title(),
            "value": problem.to_wire(),
        }
    return found
