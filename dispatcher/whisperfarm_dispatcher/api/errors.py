"""Maps exceptions to responses with a problem document (RFC 9457)."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from whisperfarm_contract.problems import (
    AudioTooLarge,
    BadRequest,
    FarmBusy,
    KeyMissing,
    KeyWrong,
    OptionWrong,
    Problem,
    UploadStalled,
)
from whisperfarm_dispatcher.api.wait import CallerGone

MEDIA_TYPE = "application/problem+json"

_NOBODY_LISTENS = 499
"""The client disconnected (nginx's 499); only the log shows this status."""


def answer(request: Request, problem: Problem, *, status: int | None = None) -> Response:
    """Return the response for a problem. `status` overrides the problem's status."""
    document = problem.to_wire() | ({} if status is None else {"status": status})
    request.state.problem = problem.name  # for the access log
    return Response(
        json.dumps(document, ensure_ascii=False),
        status_code=document["status"],
        media_type=MEDIA_TYPE,
        headers=_headers(request, problem),
    )


def _headers(request: Request, problem: Problem) -> dict[str, str]:
    headers: dict[str, str] = {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if isinstance(problem, KeyMissing | KeyWrong):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(problem, UploadStalled):
        headers["Connection"] = "close"
    if isinstance(problem, AudioTooLarge | FarmBusy) and "content-length" not in request.headers:
        # The server would read the rest of the body to keep the connection; it may be endless.
        headers["Connection"] = "close"
    return headers


async def _problem(request: Request, problem: Problem) -> Response:
    return answer(request, problem)


async def _parameters(request: Request, error: RequestValidationError) -> Response:
    wrong = (f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
    return answer(request, OptionWrong("; ".join(wrong)))


async def _no_endpoint(request: Request, error: HTTPException) -> Response:
    problem = BadRequest(f"{request.method} {request.url.path}: {error.detail}; see /docs")
    answered = answer(request, problem, status=error.status_code)
    answered.headers.update(error.headers or {})
    return answered


async def _hung_up(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=_NOBODY_LISTENS)


async def _fault(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return answer(request, Problem("the dispatcher failed to handle this request; see its log"))


Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

HANDLERS: dict[int | type[Exception], Handler] = {
    Problem: _problem,
    RequestValidationError: _parameters,
    HTTPException: _no_endpoint,
    ClientDisconnect: _hung_up,
    CallerGone: _hung_up,
    Exception: _fault,
}
