"""The OpenAPI descriptions of `/asr` and `/detect-language`."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract import examples
from whisperfarm_contract.field_types import Boolean, String
from whisperfarm_dispatcher.api.facades.asr_webservice import answers, fields
from whisperfarm_dispatcher.api.facades.asr_webservice.errors import error_document
from whisperfarm_dispatcher.api.facades.description import errors
from whisperfarm_dispatcher.api.openapi import requests
from whisperfarm_dispatcher.api.openapi.endpoints import ALWAYS, NOT_SUCCESSFUL, UPLOAD
from whisperfarm_dispatcher.api.openapi.responses import json_response

_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "encode": Boolean().schema(),
    "vad_filter": Boolean().schema(),
    "word_timestamps": Boolean().schema(),
    "output": fields.OUTPUT.schema(),
    "video_file": String().schema(),
}
_DETECTED = ("language", "languages", "clip_timestamps", "align", "diarize")
"""Options that a request for the language does not have."""

_LANGUAGE_SCHEMA = {
    "type": "object",
    "required": ["detected_language", "language_code", "confidence"],
    "properties": {
        "detected_language": {"type": "string"},
        "language_code": {"type": "string"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
}
_ERRORS = errors(error_document, *ALWAYS, *UPLOAD, *NOT_SUCCESSFUL)


def _upload(without: tuple[str, ...] = ()) -> dict[str, Any]:
    own: dict[str, Any] = {
        name: {**one, "description": fields.FIELDS[name]} for name, one in _SCHEMAS.items()
    }
    return requests.upload("audio_file", without=without, **own)


ASR: dict[str, Any] = {
    "openapi_extra": _upload(),
    "responses": {
        200: {
            "description": "The transcript, in the format of `output`.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **_ERRORS,
    },
}
DETECT_LANGUAGE: dict[str, Any] = {
    "openapi_extra": _upload(_DETECTED),
    "responses": {
        200: json_response(
            "The language of the first 30 seconds.",
            _LANGUAGE_SCHEMA,
            answers.detected_language(examples.TRANSCRIPT),
        ),
        **_ERRORS,
    },
}
