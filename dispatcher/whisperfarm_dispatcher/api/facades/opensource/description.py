"""The OpenAPI description of the endpoints for SIPREC."""

from typing import Any

from whisperfarm_dispatcher.api.openapi import requests
from whisperfarm_dispatcher.api.openapi.endpoints import HEALTH, TRANSCRIBE_RESPONSES

__all__ = ["HEALTH", "TRANSCRIBE"]


def _form_only(upload: dict[str, Any]) -> dict[str, Any]:
    """Return the description of an upload without that of a bare body."""
    form = {"multipart/form-data": upload["requestBody"]["content"]["multipart/form-data"]}
    return {**upload, "requestBody": {"required": True, "content": form}}


TRANSCRIBE: dict[str, Any] = {
    "openapi_extra": _form_only(requests.upload("audio", language={"type": "string"})),
    "responses": TRANSCRIBE_RESPONSES,
}
