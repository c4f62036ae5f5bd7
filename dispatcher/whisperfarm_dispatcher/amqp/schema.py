"""JSON Schema of a job message, built from the tables that parse it."""

from collections.abc import Sequence
from typing import Any

from whisperfarm_contract.channel_names import MAX_NAME_CHARS
from whisperfarm_contract.clip_timestamps import MAX_TIME_S
from whisperfarm_contract.legs import MAX_LEGS, MIN_LEGS, OPTIONS
from whisperfarm_dispatcher.amqp.message import RESULT
from whisperfarm_dispatcher.submission import job_request

DEFAULT_MAX_AUDIO_BYTES = 8 << 20
"""Default limit of audio in a message: as base64 it fits RabbitMQ's message limit of 16 MiB."""

_SOURCES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "base64",
        "the recording, base64-encoded",
        {"type": "string", "contentEncoding": "base64", "minLength": 4},
    ),
    ("blob", "the key of a blob in the farm's store", {"type": "string", "pattern": "^intake/"}),
    (
        "url",
        "a URL to download it from",
        {"type": "string", "format": "uri", "pattern": "^https?://"},
    ),
)

_OF_A_LEG: dict[str, Any] = {
    "offset_s": {
        "type": "number",
        "minimum": 0,
        "maximum": MAX_TIME_S,
        "description": "the second at which the leg starts on the common time line",
    },
    "name": {
        "type": "string",
        "maxLength": MAX_NAME_CHARS,
        "description": "name of the leg, which the transcript has as speaker",
    },
}


def _audio(description: str, *, required: Sequence[str] = (), **extra: Any) -> dict[str, Any]:
    """Return an object with one of the sources, and the extra members."""
    return {
        "description": description,
        "oneOf": [
            {
                "title": title,
                "type": "object",
                "additionalProperties": False,
                "required": [name, *required],
                "properties": {name: schema, **extra},
            }
            for name, title, schema in _SOURCES
        ],
    }


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a message on `whisperfarm.jobs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A message that submits a job to whisperfarm over RabbitMQ",
        "type": "object",
        "additionalProperties": False,
        "oneOf": [{"required": ["audio"]}, {"required": ["legs"]}],
        "properties": {
            "id": {
                "type": "string",
                "minLength": 1,
                "maxLength": 180,
                "description": "unique to the recording; default: the property message_id",
            },
            "tenant": {"type": "string", "description": "the queue's tenant; may be omitted"},
            "audio": _audio("the recording, or where to read it"),
            "legs": {
                "type": "array",
                "minItems": MIN_LEGS,
                "maxItems": MAX_LEGS,
                "items": _audio("a leg", required=["offset_s"], **_OF_A_LEG),
                "description": "several recordings of one call, its legs",
            },
            "filename": {"type": "string", "description": "file name of the recording"},
            "result": {
                **RESULT.schema(),
                "default": "none",
                "description": "what the outcome has of the transcript; link and inline require the"
                " property reply_to",
            },
            **{
                name: schema
                for name, schema in job_request.properties().items()
                if name not in OPTIONS
            },
        },
    }
