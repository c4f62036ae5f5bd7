"""The OpenAPI description of the endpoints for SIPREC."""

from typing import Any

from whisperfarm_dispatcher.api.openapi import endpoints

_FORM = endpoints.TRANSCRIBE["openapi_extra"]["requestBody"]["content"]["multipart/form-data"]


def _schema() -> dict[str, Any]:
    properties = dict(_FORM["schema"]["properties"])
    audio = properties.pop("file")
    return {
        "type": "object",
        "required": ["audio"],
        "properties": {"audio": audio, **properties, "language": {"type": "string"}},
    }


TRANSCRIBE: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": _schema()}},
        },
        "parameters": endpoints.TRANSCRIBE["openapi_extra"]["parameters"],
    },
    "responses": endpoints.TRANSCRIBE["responses"],
}
HEALTH = endpoints.HEALTH
