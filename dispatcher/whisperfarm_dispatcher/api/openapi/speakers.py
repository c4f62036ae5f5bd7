"""Keyword arguments of the routes of enrolled voices: their requests and responses."""

from typing import Any

from whisperfarm_contract.enrolment import json_schema
from whisperfarm_dispatcher.api.openapi.endpoints import ALWAYS
from whisperfarm_dispatcher.api.openapi.responses import json_response, problems
from whisperfarm_dispatcher.api.openapi.schemas import reference
from whisperfarm_dispatcher.api.openapi.speaker_schema import EXAMPLE, REQUEST

_BODY = {"application/json": {"schema": json_schema(), "example": REQUEST}}
_SPEAKER = json_response("The voice, without its embedding.", reference("Speaker"), EXAMPLE)
_SPEAKERS = json_response("The voices.", reference("Speakers"), {"speakers": [EXAMPLE]})
_UNKNOWN = problems(*ALWAYS, "speaker-not-found")

ENROL: dict[str, Any] = {
    "openapi_extra": {"requestBody": {"required": True, "content": _BODY}},
    "responses": {
        201: _SPEAKER,
        **problems(
            *ALWAYS, "client-error", "unknown-option", "upload-stalled",
            "job-not-found", "speaker-not-found", "speaker-conflict",
        ),
    },
}  # fmt: skip
LIST: dict[str, Any] = {"responses": {200: _SPEAKERS, **problems(*ALWAYS)}}
GET: dict[str, Any] = {"responses": {200: _SPEAKER, **_UNKNOWN}}
ERASE: dict[str, Any] = {
    "responses": {204: {"description": "The voice is erased."}, **_UNKNOWN},
}
