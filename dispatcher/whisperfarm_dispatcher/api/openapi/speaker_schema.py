"""The JSON Schema of an enrolled voice, and an example."""

from typing import Any

from whisperfarm_contract.examples import JOB

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}

SPEAKER: dict[str, Any] = {
    "type": "object",
    # `expires_at` is not required: FastAPI drops nulls from the examples in its document.
    "required": [
        *("id", "name", "consent", "job", "speaker", "model", "speech_s"),
        *("enrolled_by", "enrolled_at"),
    ],
    "properties": {
        "id": _TEXT,
        "name": _TEXT,
        "consent": _TEXT,
        "job": _TEXT,
        "speaker": _TEXT,
        "model": {**_TEXT, "description": "digest of the model that computed the voice"},
        "speech_s": {"type": "number", "description": "seconds of speech it was computed from"},
        "enrolled_by": _TEXT,
        "enrolled_at": _TIME,
        "expires_at": {**_TIME, "type": ["string", "null"]},
    },
}

EXAMPLE: dict[str, Any] = {
    "id": "5d0f3c9a71be2846",
    "name": "Ana Lima",
    "consent": "form 2024-311, signed 2024-11-19",
    "job": JOB.id,
    "speaker": "SPEAKER_00",
    "model": "9f" * 32,
    "speech_s": 23.4,
    "enrolled_by": "key:3f2a9c1e42b7",
    "enrolled_at": "2024-11-20T17:03:12.480Z",
    "expires_at": "2025-11-20T00:00:00.000Z",
}

REQUEST: dict[str, Any] = {
    member: EXAMPLE[member] for member in ("name", "consent", "job", "speaker", "expires_at")
}
