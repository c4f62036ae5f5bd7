"""Problems as Deepgram writes them: `err_code`, `err_msg` and `request_id`."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.routing import APIRoute

from whisperfarm_contract.problems import Problem

_CODES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "missing-api-key": (401, "INVALID_AUTH"),
        "invalid-api-key": (401, "INVALID_AUTH"),
        "invalid-token": (401, "INVALID_AUTH"),
        "invalid-certificate": (401, "INVALID_AUTH"),
        "permission-denied": (403, "INSUFFICIENT_PERMISSIONS"),
        "upload-stalled": (408, "SLOW_UPLOAD"),
        "audio-too-large": (413, "Payload Too Large"),
        "audio-too-long": (413, "Payload Too Large"),
        "tenant-busy": (429, "TOO_MANY_REQUESTS"),
        "too-many-requests": (429, "TOO_MANY_REQUESTS"),
        "missing-audio": (400, "REMOTE_CONTENT_ERROR"),
        "forbidden-address": (400, "REMOTE_CONTENT_ERROR"),
        "address-unreachable": (400, "REMOTE_CONTENT_ERROR"),
    }
)
"""Status and code of a problem, by its name."""

_BAD_REQUESTS = (415, 422)
"""Statuses of the farm for what is a bad request to Deepgram."""

_FIELDS = MappingProxyType({"callback_url": "callback", "hotwords": "keywords"})
"""Deepgram's names of options that a message may start with."""


def error_document(problem: Problem, document: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return status and document of a problem.

    `request_id` is the job's id if there is one, else a new id.
    """
    message = _renamed(document["detail"])
    known = None if message.startswith("callback:") else _CODES.get(problem.name)
    status, code = known or _by_status(document["status"])
    return status, {
        "err_code": code,
        "err_msg": message,
        "request_id": document.get("job") or str(uuid.uuid4()),
    }


class DeepgramRoute(APIRoute):
    """A route whose errors are those of Deepgram."""

    error_shape = staticmethod(error_document)


def _by_status(status: int) -> tuple[int, str]:
    status = 400 if status in _BAD_REQUESTS else status
    return status, HTTPStatus(status).phrase


def _renamed(detail: str) -> str:
    name, colon, rest = detail.partition(":")
    return f"{_FIELDS.get(name, name)}{colon}{rest}"
