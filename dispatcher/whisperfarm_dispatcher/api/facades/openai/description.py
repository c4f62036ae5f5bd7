"""The OpenAPI description of the endpoints."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract import examples
from whisperfarm_dispatcher.api.facades.description import NO_OTHERS, SUBMIT_AND_WAIT, errors
from whisperfarm_dispatcher.api.facades.openai import answers
from whisperfarm_dispatcher.api.facades.openai.errors import error_document
from whisperfarm_dispatcher.api.facades.openai.fields import ANSWER_FIELDS, FIELDS, GRANULARITIES
from whisperfarm_dispatcher.api.openapi.endpoints import ALWAYS
from whisperfarm_dispatcher.api.openapi.requests import IDEMPOTENCY_KEY
from whisperfarm_dispatcher.api.openapi.responses import json_response
from whisperfarm_dispatcher.submission import job_request

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}

_TRANSCRIPT: Schema = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": _TEXT, "usage": {"type": "object"}},
}
_MODEL: Schema = {
    "type": "object",
    "required": ["id", "object", "created", "owned_by"],
    "properties": {
        "id": _TEXT,
        "object": _TEXT,
        "created": {"type": "integer"},
        "owned_by": _TEXT,
    },
}
_MODELS: Schema = {
    "type": "object",
    "required": ["object", "data"],
    "properties": {"object": _TEXT, "data": {"type": "array", "items": _MODEL}},
}
_EXAMPLE_MODEL = {"id": "balanced", "object": "model", "created": 0, "owned_by": "whisperfarm"}


def _form() -> dict[str, Any]:
    own = {name: one for name, one in job_request.properties().items() if name != "task"}
    answer: dict[str, Any] = {
        name: {**field_type.schema(), "description": FIELDS[name]}
        for name, field_type in ANSWER_FIELDS.items()
    }
    times = {"type": "array", "items": {"type": "string", "enum": list(GRANULARITIES)}}
    return {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "prompt": {**_TEXT, "maxLength": 2000, "description": FIELDS["prompt"]},
            **own,
            **answer,
            "timestamp_granularities": times,
        },
    }


def _transcribe() -> dict[str, Any]:
    example = {"text": examples.TRANSCRIPT.text, "usage": answers.usage(examples.TRANSCRIPT)}
    success = json_response("The transcript.", _TRANSCRIPT, example)
    success["content"] |= {"text/plain": {"schema": _TEXT}, "text/event-stream": {"schema": _TEXT}}
    return {
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": {"multipart/form-data": {"schema": _form()}},
            },
            "parameters": [IDEMPOTENCY_KEY],
        },
        "responses": {200: success, **errors(error_document, *SUBMIT_AND_WAIT)},
    }


TRANSCRIPTIONS = _transcribe()
TRANSLATIONS = _transcribe()
MODELS: dict[str, Any] = {
    "responses": {
        200: json_response("The models.", _MODELS, {"object": "list", "data": [_EXAMPLE_MODEL]}),
        **errors(error_document, *ALWAYS),
    },
}
MODEL: dict[str, Any] = {
    "responses": {
        200: json_response("The model.", _MODEL, _EXAMPLE_MODEL),
        **errors(error_document, *ALWAYS, "unknown-model"),
        **NO_OTHERS,
    },
}
