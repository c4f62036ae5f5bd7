"""Maps exceptions to responses with a problem document (RFC 9457)."""

import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from whisperfarm_contract.problems import (
    AudioTooLarge,
    ClientError,
    FarmBusy,
    InvalidApiKey,
    InvalidOption,
    MissingApiKey,
    Problem,
    StorageFull,
    UploadStalled,
)
from whisperfarm_dispatcher.api.wait import CallerDisconnected

MEDIA_TYPE = "application/problem+json"

_STATUS_CLIENT_CLOSED_REQUEST = 499
"""The client disconnected (nginx's 499); only the log shows this status."""

_FULL_RETRY_AFTER_S = 60
"""`Retry-After` while the storage is full, unless the problem has its own."""

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

MAX_DETAIL_CHARS = 1000
"""Longest `detail`. It may repeat a value of the request, such as a job's id."""


def shorten(text: str, max_chars: int = MAX_DETAIL_CHARS) -> str:
    """Return the text, cut in its middle if it is longer."""
    if len(text) <= max_chars:
        return text
    half = max_chars // 2 - 3
    return f"{text[:half]} ... {text[-half:]}"


ErrorShape = Callable[[Problem, dict[str, Any]], tuple[int, dict[str, Any]]]
"""Returns status and JSON body of a problem. The second argument is the document, with the id of
the request's job as `job` if there is one."""


def problem_response(request: Request, problem: Problem, *, status: int | None = None) -> Response:
    """Return the response for a problem. `status` overrides the problem's status.

    For the clients of another API, the route's class has an `error_shape`, or `request.state` if
    the route also has other clients.
    """
    document = problem.to_wire() | ({} if status is None else {"status": status})
    document["detail"] = shorten(document["detail"])
    request.state.problem = problem.name  # for the access log
    of_route = getattr(request.scope.get("route"), "error_shape", None)
    shape: ErrorShape | None = getattr(request.state, "error_shape", of_route)
    code, body = (
        shape(problem, document | {"job": getattr(request.state, "job", None)})
        if shape
        else (document["status"], document)
    )
    return Response(
        json.dumps(body, ensure_ascii=False),
        status_code=code,
        media_type="application/json" if shape else MEDIA_TYPE,
        headers=_headers(request, problem),
    )


def _headers(request: Request, problem: Problem) -> dict[str, str]:
    headers: dict[str, str] = {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    elif isinstance(problem, StorageFull):
        headers["Retry-After"] = str(_FULL_RETRY_AFTER_S)
    if isinstance(problem, MissingApiKey | InvalidApiKey):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(problem, UploadStalled):
        headers["Connection"] = "close"
    if isinstance(problem, AudioTooLarge | FarmBusy) and "content-length" not in request.headers:
        # The server would read the rest of the body to keep the connection; it may be endless.
        headers["Connection"] = "close"
    return headers


async def _problem(request: Request, problem: Problem) -> Response:
    return problem_response(request, problem)


async def _invalid_parameters(request: Request, error: RequestValidationError) -> Response:
    messages = (f"{item['loc'][-1]}: {item['msg']}" for item in error.errors())
    return problem_response(request, InvalidOption("; ".join(messages)))


async def _no_route(request: Request, error: HTTPException) -> Response:
    problem = ClientError(f"{request.method} {request.url.path}: {error.detail}; see /docs")
    response = problem_response(request, problem, status=error.status_code)
    response.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_allowed_methods(request))
    return response


def _allowed_methods(request: Request) -> list[str]:
    """Return the methods of all routes of the path. Starlette names those of the first only."""
    methods = [method for method in _METHODS if _has_route(request, method)]
    return methods + (["HEAD"] if "GET" in methods else [])


def _has_route(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


async def _client_disconnected(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=_STATUS_CLIENT_CLOSED_REQUEST)


async def _internal_error(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return problem_response(
        request, Problem("the dispatcher failed to handle this request; see its log")
    )


Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

HANDLERS: dict[int | type[Exception], Handler] = {
    Problem: _problem,
    RequestValidationError: _invalid_parameters,
    HTTPException: _no_route,
    ClientDisconnect: _client_disconnected,
    CallerDisconnected: _client_disconnected,
    Exception: _internal_error,
}
