"""Problems as OpenAI writes them: `error` with `message`, `type`, `param` and `code`."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.routing import APIRoute

from whisperfarm_contract.problems import Problem

_CODES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "missing-api-key": (401, "invalid_api_key"),
        "invalid-api-key": (401, "invalid_api_key"),
        "invalid-token": (401, "invalid_api_key"),
        "invalid-certificate": (401, "invalid_api_key"),
        "unknown-model": (404, "model_not_found"),
        "too-many-requests": (429, "rate_limit_exceeded"),
        "tenant-busy": (429, "rate_limit_exceeded"),
    }
)
"""Status and code of a problem that OpenAI has a code for, by its name."""

_BAD_REQUESTS = (
    HTTPStatus.CONFLICT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""Statuses of the farm for what is a bad request to OpenAI, whose clients retry a conflict."""

_PARAMS = MappingProxyType({"initial_prompt": "prompt", "task": None})
"""OpenAI's names of options, `None` for one that only the farm knows."""

_OPTION = re.compile(r"([a-z_]+(?:\[\])?): ")


def error_document(problem: Problem, document: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return status and document of a problem."""
    status, code = _CODES.get(problem.name, (_status(document["status"]), problem.name))
    is_theirs = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return status, {
        "error": {
            "message": document["detail"],
            "type": "server_error" if is_theirs else "invalid_request_error",
            "param": _param(problem.name, document["detail"]),
            "code": code,
        }
    }


class OpenAIRoute(APIRoute):
    """A route whose errors are those of OpenAI."""

    error_shape = staticmethod(error_document)


def _status(status: int) -> int:
    return HTTPStatus.BAD_REQUEST if status in _BAD_REQUESTS else status


def _param(name: str, detail: str) -> str | None:
    if name == "unknown-model":
        return "model"
    found = _OPTION.match(detail)
    return _PARAMS.get(found[1], found[1]) if found else None
