"""Keyword arguments of the routes of transfers and forwards: their requests and responses."""

from typing import Any

from whisperfarm_contract.forwarding import MAX_CHUNK_BYTES, ForwardState
from whisperfarm_dispatcher.api.openapi.endpoints import ALWAYS, UPLOAD
from whisperfarm_dispatcher.api.openapi.responses import job, json_response, problems

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": ["string", "null"]}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_TRANSFER = {
    "type": "object",
    "required": ["offset"],
    "properties": {
        "offset": {**_COUNT, "description": "how many bytes of the recording have arrived"},
        "job": {**_TEXT, "description": "id of the job; null: it is not made"},
    },
}
_REQUEST = {
    "type": "object",
    "required": ["size_bytes", "sha256"],
    "properties": {
        "size_bytes": {**_COUNT, "minimum": 1, "description": "size of the whole recording"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "filename": {"type": "string"},
        "fields": {"type": "object", "description": "options, policy and labels of the job"},
    },
}
_FORWARD = {
    "type": "object",
    "required": ["state", "sent_bytes", "tries"],
    "properties": {
        "state": {"type": "string", "enum": [state.value for state in ForwardState]},
        "sent_bytes": _COUNT,
        "tries": _COUNT,
        "hub_job": {**_TEXT, "description": "id of the job of the hub"},
        "problem": {"type": ["object", "null"], "description": "why it failed for good"},
        "last_error": {**_TEXT, "description": "why the last try failed"},
        "next_at": _TIME,
        "sent_at": _TIME,
        "finished_at": _TIME,
    },
}
_SENT = {"offset": 1 << 20, "job": None}
_BODY = {"size_bytes": 2_097_152, "sha256": "ab" * 32, "filename": "call.wav", "fields": {}}
_FORWARDED = {"state": "sent", "sent_bytes": 2_097_152, "tries": 3, "hub_job": "0b7c1d7e"}
_TRANSFERRED = json_response("What has arrived.", _TRANSFER, _SENT)

GET: dict[str, Any] = {"responses": {200: _TRANSFERRED, **problems(*ALWAYS)}}
APPEND: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "description": f"The next bytes of the recording, at most {MAX_CHUNK_BYTES}.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
    "responses": {
        200: _TRANSFERRED,
        **problems(
            *ALWAYS, "client-error", "transfer-incomplete", "audio-too-large", "upload-stalled",
            "storage-full", "tenant-busy",
        ),
    },
}  # fmt: skip
SUBMIT: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _REQUEST, "example": _BODY}},
        }
    },
    "responses": {
        202: job("The job of the recording."),
        **problems(*ALWAYS, *UPLOAD, "transfer-incomplete", "transfer-damaged"),
    },
}
FORWARD: dict[str, Any] = {
    "responses": {
        200: json_response("The forward of the job.", _FORWARD, _FORWARDED),
        **problems(*ALWAYS, "job-not-found", "forward-not-found"),
    },
}
