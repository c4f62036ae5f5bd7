"""OpenAPI descriptions of responses with jobs, transcripts, callbacks and problems."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract import examples, job_wire, partial_segments
from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.job import APPROVED, PENDING
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_dispatcher.api.documents import WORD_DOCUMENTS
from whisperfarm_dispatcher.api.documents.vcon import Vcon
from whisperfarm_dispatcher.api.media_types import MEDIA_TYPES, UNKNOWN_TYPE
from whisperfarm_dispatcher.api.openapi.examples import (
    ADDITION,
    AUDIT_ENTRY,
    BATCH,
    CALLBACK,
    CHANGE,
    CUSTODY,
    LINK,
    PAUSE,
    PRESET,
    REVISION,
    USAGE,
    VOCABULARY,
)
from whisperfarm_dispatcher.api.openapi.schemas import reference
from whisperfarm_dispatcher.api.responses import APPROVAL_HEADER, REVISION_HEADER

ResponseSpec = dict[str, Any]
ResponseSpecs = dict[int | str, ResponseSpec]

_TEXT = {"type": "string"}
_FILE = {"type": "string", "format": "binary"}
_JOB = job_wire.to_wire(examples.JOB)
_WAITING_JOB = job_wire.to_wire(examples.WAITING_JOB)
_TRANSCRIPT = examples.TRANSCRIPT.to_wire()
_REVISION_HEADERS = {
    REVISION_HEADER: {
        "description": "Number of the revision.",
        "schema": {"type": "integer", "minimum": 1},
    },
    APPROVAL_HEADER: {
        "description": "Whether the revision is approved, if the job requires it.",
        "schema": {"type": "string", "enum": [PENDING, APPROVED]},
    },
}


def json_response(
    description: str,
    schema: Mapping[str, Any],
    example: Any,
    media_type: str = "application/json",
) -> ResponseSpec:
    content = {media_type: {"schema": schema, "example": example}}
    return {"description": description, "content": content}


def job(description: str) -> ResponseSpec:
    return json_response(description, reference("Job"), _JOB)


def jobs() -> ResponseSpec:
    example = {"jobs": [_JOB, _WAITING_JOB], "next": None}
    return json_response("One page of jobs.", reference("Jobs"), example)


def list_events() -> ResponseSpec:
    """Describe a stream of server-sent events about jobs of a list."""
    data = {"type": "string", "contentMediaType": "application/json"}
    schema = {"type": "object", "properties": {"event": _TEXT, "data": data}}
    return {
        "description": "Each job whose state has changed; `unlisted` or `refresh` else.",
        "content": {"text/event-stream": {"itemSchema": schema}},
    }


def job_events() -> ResponseSpec:
    """Describe a stream of server-sent events whose data are jobs."""
    schema = {
        "type": "object",
        "properties": {
            "event": _TEXT,
            "id": _TEXT,
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {
                    "allOf": [reference("Job")],
                    "properties": {"partial": dict(partial_segments.SCHEMA)},
                },
            },
        },
    }
    content = {"text/event-stream": {"itemSchema": schema}}
    return {
        "description": "The job, after each change; `partial` has new provisional text.",
        "content": content,
    }


def recording(description: str) -> ResponseSpec:
    media_types = (UNKNOWN_TYPE, *MEDIA_TYPES.values())
    return {"description": description, "content": {one: {"schema": _FILE} for one in media_types}}


def batch(description: str) -> ResponseSpec:
    return json_response(description, reference("Batch"), BATCH)


def additions() -> ResponseSpec:
    example = {"additions": [ADDITION]}
    return json_response("The job's additions.", reference("Additions"), example)


def callbacks(description: str) -> ResponseSpec:
    return json_response(description, reference("Callbacks"), {"callbacks": [CALLBACK]})


def waveform() -> ResponseSpec:
    example = {"duration_s": 4.0, "peaks": [[-0.0132, 0.0118], [-0.5021, 0.4876]]}
    return json_response("The waveform.", reference("Waveform"), example)


def custody() -> ResponseSpec:
    return json_response("The chain of custody.", reference("Custody"), CUSTODY)


def hold_changes() -> ResponseSpec:
    return json_response("The number of jobs.", reference("HoldChanges"), {"jobs": 12})


def revision(description: str) -> ResponseSpec:
    return json_response(description, reference("Revision"), REVISION)


def revisions() -> ResponseSpec:
    example = {"revisions": [REVISION], "default": REVISION["number"]}
    return json_response("The revisions.", reference("Revisions"), example)


def difference() -> ResponseSpec:
    example = {"revision": 2, "parent": 1, "changes": [CHANGE]}
    return json_response("The segments that differ.", reference("Difference"), example)


def pauses() -> ResponseSpec:
    return json_response("The pauses of the farm.", reference("Pauses"), {"pauses": [PAUSE]})


def presets() -> ResponseSpec:
    return json_response("The presets.", reference("Presets"), {"presets": [PRESET]})


def audit() -> ResponseSpec:
    example = {"entries": [AUDIT_ENTRY]}
    return json_response("The entries.", reference("AuditEntries"), example)


def usage() -> ResponseSpec:
    example = {"from": "2024-11-01", "to": "2024-11-30", "usage": [USAGE]}
    return json_response("The usage.", reference("Usage"), example)


def vocabulary() -> ResponseSpec:
    return json_response("The vocabulary.", reference("Vocabulary"), VOCABULARY)


def vocabularies() -> ResponseSpec:
    example = {"vocabularies": [VOCABULARY]}
    return json_response("The vocabularies.", reference("Vocabularies"), example)


def transcript() -> ResponseSpec:
    return json_response("The transcript.", reference("Transcript"), _TRANSCRIPT)


def any_format() -> ResponseSpec:
    """Describe a transcript in any of the formats."""
    return _transcript_in_any_format({"example": _TRANSCRIPT})


def transcript_or_link() -> ResponseSpec:
    """Describe a transcript in any of the formats, or its URL."""
    examples_by_name = {"transcript": {"value": _TRANSCRIPT}, "link": {"value": LINK}}
    response = _transcript_in_any_format({"examples": examples_by_name}, "Link")
    return {**response, "headers": _REVISION_HEADERS}


def _transcript_in_any_format(shown: Mapping[str, Any], *others: str) -> ResponseSpec:
    names = ("Transcript", "VerboseTranscript", *others)
    content = {
        **{one.media_type: {"schema": _TEXT} for one in FORMATS.values()},
        **{one.media_type: {"schema": _FILE} for one in WORD_DOCUMENTS.values()},
        Vcon.media_type: {"schema": reference("Vcon")},
        "application/json": {"schema": {"anyOf": [reference(name) for name in names]}, **shown},
    }
    return {"description": "The transcript.", "content": content}


def problems(*names: str) -> ResponseSpecs:
    """Describe one response per status, with the problems of these names as examples."""
    responses: ResponseSpecs = {}
    for name in names:
        problem = PROBLEMS[name]()
        response = responses.setdefault(problem.status, _problem_response())
        response["content"]["application/problem+json"]["examples"][name] = {
            "summary": problem.title(),
            "value": problem.to_wire(),
        }
    return responses


def headers_too_large() -> ResponseSpecs:
    """Describe the response to headers, or to a query, above `MAX_HEADER_BYTES`."""
    return {431: _problem_response()}


def _problem_response() -> ResponseSpec:
    content = {"schema": reference("Problem"), "examples": {}}
    description = "A problem document (RFC 9457); `name` identifies the problem."
    return {"description": description, "content": {"application/problem+json": content}}
