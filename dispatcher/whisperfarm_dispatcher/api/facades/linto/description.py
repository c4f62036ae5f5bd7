"""The OpenAPI descriptions of LinTO's routes."""

from typing import Any

from whisperfarm_contract import examples
from whisperfarm_dispatcher.api.facades.description import NO_OTHERS, errors
from whisperfarm_dispatcher.api.facades.linto import answers, fields
from whisperfarm_dispatcher.api.facades.linto.errors import error_document
from whisperfarm_dispatcher.api.openapi import requests
from whisperfarm_dispatcher.api.openapi.endpoints import (
    ALWAYS,
    NOT_SUCCESSFUL,
    TRANSCRIBE_RESPONSES,
    UPLOAD,
)
from whisperfarm_dispatcher.api.openapi.responses import ResponseSpecs, json_response

_TEXT = {"schema": {"type": "string"}}
_STATE = {
    "type": "object",
    "required": ["state"],
    "properties": {"state": {"enum": ["pending", "started", "done", "failed"]}},
}
_RESULT = {"type": "object", "required": list(answers.document(examples.TRANSCRIPT))}
_FALSE = {"type": "boolean", "enum": [False]}

JOB: dict[str, Any] = {
    "responses": {
        201: json_response("The job has succeeded.", _STATE, {"state": "done", "result_id": "1"}),
        202: json_response("The job has not ended.", _STATE, {"state": "pending"}),
        **errors(error_document, *ALWAYS, "job-not-found"),
        **NO_OTHERS,
    },
    "status_code": 202,
}
RESULT: dict[str, Any] = {
    "openapi_extra": {
        "parameters": [
            {"name": name, "in": "query", "schema": _FALSE, "description": "`true` is refused"}
            for name in ("return_raw", "convert_numbers")
        ]
    },
    "responses": {
        200: {
            "description": "The transcript, in the media type that `Accept` names.",
            "content": {
                "application/json": {
                    "schema": _RESULT,
                    "example": answers.document(examples.TRANSCRIPT),
                },
                **dict.fromkeys(answers.MEDIA_TYPES[1:], _TEXT),
            },
        },
        **errors(
            error_document, *ALWAYS, *NOT_SUCCESSFUL, "client-error", "job-not-found",
            "job-not-finished", "result-expired",
        ),
        **NO_OTHERS,
    },
}  # fmt: skip


def _with_linto(responses: ResponseSpecs, own: ResponseSpecs) -> ResponseSpecs:
    """Return the responses of the farm, each with the content that LinTO's clients get."""
    return {
        status: {
            **own.get(status, {}),
            **responses.get(status, {}),
            "content": {
                **own.get(status, {}).get("content", {}),
                **responses.get(status, {}).get("content", {}),
            },
        }
        for status in (*responses, *(own.keys() - responses.keys()))
    }


def _transcript() -> dict[str, Any]:
    """Describe the transcript of either kind of client."""
    own = TRANSCRIBE_RESPONSES[200]
    as_json = own["content"]["application/json"]
    schema = {"anyOf": [as_json["schema"], _RESULT]}
    content = dict.fromkeys(answers.MEDIA_TYPES[1:], _TEXT)
    return {**own, "content": {**content, "application/json": {**as_json, "schema": schema}}}


_SUBMITTED: dict[str, Any] = {
    "description": "The job of a client of LinTO.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["jobid"]},
            "example": {"jobid": examples.JOB.id},
        },
        "text/plain": _TEXT,
    },
}
TRANSCRIBE: dict[str, Any] = {
    "openapi_extra": requests.upload(
        force_sync={"type": "boolean", "description": fields.FIELDS["force_sync"]},
        transcriptionConfig={"type": "string", "description": "LinTO's configuration, as JSON"},
    ),
    "responses": {
        **_with_linto(
            TRANSCRIBE_RESPONSES, errors(error_document, *ALWAYS, *UPLOAD, *NOT_SUCCESSFUL)
        ),
        200: _transcript(),
        201: _SUBMITTED,
    },
}
"""`/transcribe`, for clients of the farm and of LinTO."""
