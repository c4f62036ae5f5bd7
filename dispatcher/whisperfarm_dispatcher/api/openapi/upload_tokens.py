"""Keyword arguments of the routes of upload tokens: their requests and responses."""

from typing import Any

from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.openapi.endpoints import ALWAYS
from whisperfarm_dispatcher.api.openapi.endpoints import UPLOAD as OF_UPLOADS
from whisperfarm_dispatcher.api.openapi.responses import json_response, problems

_REQUEST = {
    "type": "object",
    "properties": {
        "fields": {"type": "object", "description": "options, policy and labels of the job"},
        "expires_in_s": {
            "type": "number",
            "minimum": 1,
            "maximum": 86_400,
            "default": 900,
            "description": "how long the token is valid, in seconds",
        },
    },
}
_TOKEN = {
    "type": "object",
    "required": ["token", "expires_at"],
    "properties": {
        "token": {"type": "string", "pattern": "^wfu_"},
        "expires_at": {"type": "string", "format": "date-time"},
    },
}
_JOB = {
    "type": "object",
    "required": ["id", "state"],
    "properties": {
        "id": {"type": "string"},
        "state": {"type": "string", "enum": [state.value for state in JobState]},
    },
}
_SENT = {"fields": {"language": "en", "reference": "call-17"}, "expires_in_s": 300}
_CREATED = {"token": f"wfu_0a1b2c3d4e5f_{'x' * 43}", "expires_at": "2025-01-31T12:05:00Z"}
_MADE = {"id": "01a2215b-a039-72ff-8971-90a2b994c753", "state": "queued"}
_AUDIO = {"type": "string", "format": "binary"}

CREATE: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {"content": {"application/json": {"schema": _REQUEST, "example": _SENT}}}
    },
    "responses": {
        201: json_response("The token, which cannot be read again.", _TOKEN, _CREATED),
        **problems(*ALWAYS, "client-error", "tenant-busy"),
    },
}
UPLOAD: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "description": "The recording, as the body or as a part `file` of a form.",
            "content": {
                "application/octet-stream": {"schema": _AUDIO},
                "multipart/form-data": {
                    "schema": {"type": "object", "properties": {"file": _AUDIO}}
                },
            },
        },
    },
    "responses": {
        202: json_response("The job of the recording.", _JOB, _MADE),
        **problems(*ALWAYS, *OF_UPLOADS, "invalid-upload-token", "upload-token-used"),
    },
}
