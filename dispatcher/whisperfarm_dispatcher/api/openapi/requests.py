"""Request bodies of uploads, and query parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

from whisperfarm_contract import legs, schema_fields
from whisperfarm_contract.formats import SubtitleOptions
from whisperfarm_contract.job import APPROVED, PENDING
from whisperfarm_contract.job_labels import MAX_BATCH_CHARS, MAX_REFERENCE_CHARS
from whisperfarm_contract.revisions.correction import json_schema as correction_schema
from whisperfarm_contract.revisions.correction import remark_schema
from whisperfarm_contract.states import JobState
from whisperfarm_contract.vocabulary import MAX_HOTWORDS_CHARS
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS
from whisperfarm_dispatcher.api.job_filters import (
    MAX_FILENAME_CHARS,
    MAX_METADATA_CHARS,
    METADATA_FILTER,
)
from whisperfarm_dispatcher.api.openapi.examples import CORRECTION
from whisperfarm_dispatcher.submission import job_request

Schema = Mapping[str, Any]

WAIT: Schema = {
    "type": "number",
    "minimum": 0,
    "description": (
        "Wait up to this many seconds for the job to end, and return its transcript. After that, or"
        " after the farm's limit (`WHISPERFARM_MAX_WAIT_S`), the job is returned with status 202."
    ),
}
FORMAT: Schema = {
    "type": "string",
    "enum": list(RESULT_FORMATS),
    "default": "json",
    "description": "Format of the transcript that is returned with `wait`.",
}
_FILENAME: Schema = {
    "type": "string",
    "description": "File name of the recording, if the audio is the request body itself.",
}
AUDIO_URL: Schema = {
    "type": "string",
    "description": (
        "Address that the farm downloads the recording from, in a request without a recording. It"
        " must not lead to a private network, and redirects are not followed. For several"
        " recordings of one call, the form has it once for each, beside `leg_offset_s`."
    ),
}
_LEGS = (
    "The recording. For several recordings of one call, the form has `file` and `leg_offset_s` once"
    " for each, in the same order, and may have `leg_name` for each."
)
_BYTES: Schema = {"type": "string", "format": "binary"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_FILTERS: Mapping[str, Schema] = {
    "state": {
        "type": "string",
        "enum": [state.value for state in JobState],
        "description": "List only jobs in this state.",
    },
    "batch": {
        "type": "string",
        "maxLength": MAX_BATCH_CHARS,
        "description": "List only jobs of this batch.",
    },
    "reference": {
        "type": "string",
        "maxLength": MAX_REFERENCE_CHARS,
        "description": "List only jobs with this reference of the caller.",
    },
    "filename": {
        "type": "string",
        "maxLength": MAX_FILENAME_CHARS,
        "description": "List only jobs of recordings with this file name.",
    },
    "approval": {
        "type": "string",
        "enum": [PENDING, APPROVED],
        "description": "List only jobs that require an approval, and wait for it or have it.",
    },
    "from": {**_TIME, "description": "List only jobs submitted at this time or later (RFC 3339)."},
    "to": {**_TIME, "description": "List only jobs submitted before this time (RFC 3339)."},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
    "description": (
        "Key that makes retries safe: requests with the same key and the same content make one job."
        " A request with the same key and other content is rejected."
    ),
}
IDEMPOTENT: Mapping[str, Any] = {"parameters": [IDEMPOTENCY_KEY]}
"""The parameters of a request that may have an idempotency key and nothing else."""


def upload(
    audio_part: str = "file",
    *,
    without: Iterable[str] = (),
    has_legs: bool = False,
    **extra_fields: Schema,
) -> dict[str, Any]:
    """Return an upload: a form with the recording, or the audio as the body and a query.

    Both have all options but those in `without`. With `has_legs`, the form may have several
    recordings of one call.
    """
    left_out = {*without, *(() if has_legs else legs.OPTIONS)}
    own = {name: one for name, one in job_request.properties().items() if name not in left_out}
    audio = {**_BYTES, "description": _LEGS} if has_legs else _BYTES
    properties: dict[str, Schema] = {**own, **extra_fields}
    form = {
        "type": "object",
        "required": [audio_part],
        "properties": {audio_part: audio, **properties},
    }
    content = {"multipart/form-data": {"schema": form}, "audio/*": {"schema": _BYTES}}
    in_query = {
        "filename": _FILENAME,
        **{name: one for name, one in properties.items() if name not in legs.OPTIONS},
    }
    # Generated clients send the defaults of parameters, beside a form as well, and the farm refuses
    # a field that is given twice.
    without_defaults = [(name, _without(schema, "default")) for name, schema in in_query.items()]
    return {
        "requestBody": {"required": True, "content": content},
        "parameters": [IDEMPOTENCY_KEY, *_query(without_defaults)],
    }


def job_filters() -> dict[str, Any]:
    """Return the query parameters that select jobs of a list."""
    metadata = {
        "name": "metadata",
        "in": "query",
        "style": "form",
        "explode": True,
        "schema": {
            "type": "object",
            "propertyNames": {"pattern": METADATA_FILTER},
            "additionalProperties": {"type": "string", "maxLength": MAX_METADATA_CHARS},
        },
        "description": (
            "A parameter `metadata.<name>` for each member of the caller's metadata to compare: a"
            " text, or the JSON of a number or a boolean."
        ),
    }
    return {"parameters": [*_query(_FILTERS.items()), metadata]}


def result_options() -> dict[str, Any]:
    """Return the query parameters for the layout of a transcript."""
    return {"parameters": list(_query(schema_fields.properties(SubtitleOptions).items()))}


def vocabulary() -> dict[str, Any]:
    """Return the body that stores a vocabulary."""
    schema = {"type": "string", "maxLength": MAX_HOTWORDS_CHARS}
    text = {"schema": schema, "example": "Aurora 5\nfibre to the home\n"}
    return {"requestBody": {"required": True, "content": {"text/plain": text}}}


def correction() -> dict[str, Any]:
    """Return the body that corrects a transcript."""
    body = {"schema": correction_schema(), "example": CORRECTION}
    return {"requestBody": {"required": True, "content": {"application/json": body}}}


def remark() -> dict[str, Any]:
    """Return the body that approves a revision."""
    body = {"schema": remark_schema(), "example": {"note": "checked against the recording"}}
    return {"requestBody": {"required": False, "content": {"application/json": body}}}


def _query(schemas: Iterable[tuple[str, Schema]]) -> Iterable[dict[str, Any]]:
    for name, schema in schemas:
        shape = _format(_without(schema, "description"))
        yield {"name": name, "in": "query", "description": schema.get("description", ""), **shape}


def _without(schema: Schema, member: str) -> Schema:
    return {name: value for name, value in schema.items() if name != member}


def _format(schema: Schema) -> Schema:
    """Return how a parameter is written: objects as JSON, not as a parameter for each member."""
    is_object = schema.get("type") == "object"
    return (
        {"content": {"application/json": {"schema": schema}}} if is_object else {"schema": schema}
    )
