"""JSON Schema of a job message, built from the tables that parse it."""

from typing import Any

from whisperfarm_dispatcher.amqp.message import RESULT
from whisperfarm_dispatcher.submission import job_request

DEFAULT_MAX_AUDIO_BYTES = 8 << 20
"""Default limit of audio in a message: as base64 it fits RabbitMQ's message limit of 16 MiB."""

_AUDIO = {
    "description": "the recording, or where to read it",
    "oneOf": [
        {
            "title": "the recording, base64-encoded",
            "type": "object",
            "additionalProperties": False,
            "required": ["base64"],
            "properties": {
                "base64": {"type": "string", "contentEncoding": "base64", "minLength": 4}
            },
        },
        {
            "title": "the key of a blob in the farm's store",
            "type": "object",
            "additionalProperties": False,
            "required": ["blob"],
            "properties": {"blob": {"type": "string", "pattern": "^intake/"}},
        },
        {
            "title": "a URL to download it from",
            "type": "object",
            "additionalProperties": False,
            "required": ["url"],
            "properties": {"url": {"type": "string", "format": "uri", "pattern": "^https?://"}},
        },
    ],
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a message on `whisperfarm.jobs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A message that submits a job to whisperfarm over RabbitMQ",
        "type": "object",
        "additionalProperties": False,
        "required": ["audio"],
        "properties": {
            "id": {
                "type": "string",
                "minLength": 1,
                "maxLength": 180,
                "description": "unique to the recording; default: the property message_id",
            },
            "tenant": {"type": "string", "description": "the queue's tenant; may be omitted"},
            "audio": _AUDIO,
            "filename": {"type": "string", "description": "file name of the recording"},
            "result": {
                **RESULT.schema(),
                "default": "none",
                "description": "what the outcome has of the transcript; link and inline require the"
                " property reply_to",
            },
            **job_request.properties(),
        },
    }
