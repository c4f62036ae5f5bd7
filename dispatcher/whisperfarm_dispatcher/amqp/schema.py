"""The message as JSON Schema, made of the tables that read it."""

from typing import Any

from whisperfarm_dispatcher.submission import job_request

MOST_AUDIO_BYTES = 8 << 20
"""Audio in a message, by default: as base64 it fits the 16 MiB that RabbitMQ 4 takes."""

_AUDIO = {
    "description": "the recording: itself, or where it is",
    "oneOf": [
        {
            "title": "inline",
            "type": "object",
            "additionalProperties": False,
            "required": ["base64"],
            "properties": {
                "base64": {"type": "string", "contentEncoding": "base64", "minLength": 4}
            },
        },
        {
            "title": "a blob of the farm's store",
            "type": "object",
            "additionalProperties": False,
            "required": ["blob"],
            "properties": {"blob": {"type": "string", "pattern": "^intake/"}},
        },
        {
            "title": "an address to fetch it from",
            "type": "object",
            "additionalProperties": False,
            "required": ["url"],
            "properties": {"url": {"type": "string", "format": "uri", "pattern": "^https?://"}},
        },
    ],
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a message on `whisperfarm.jobs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A job for whisperfarm, as a RabbitMQ message",
        "type": "object",
        "additionalProperties": False,
        "required": ["audio"],
        "properties": {
            "id": {
                "type": "string",
                "minLength": 1,
                "maxLength": 180,
                "description": "new for each recording; without it, the property message_id is",
            },
            "tenant": {"type": "string", "description": "if given, that of the queue"},
            "audio": _AUDIO,
            "filename": {"type": "string", "description": "what the recording is called"},
            **job_request.properties(),
        },
    }
