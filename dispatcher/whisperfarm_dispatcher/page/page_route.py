"""Routes that answer problems with a page: a missing or ended session with the one to sign in."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from whisperfarm_contract.problems import InvalidOption, Problem
from whisperfarm_dispatcher.api.authenticator import Authenticator
from whisperfarm_dispatcher.api.errors import shorten
from whisperfarm_dispatcher.page.rendering import render

_OF_ANOTHER_KEY = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""Statuses of what another key may permit: an action, or a job of another tenant."""


class PageRoute(APIRoute):
    """A route for browsers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_with_page(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                return problem_page(request, InvalidOption("the address of the page is not valid"))
            except Problem as problem:
                return problem_page(request, problem)

        return handle_with_page


def problem_page(request: Request, problem: Problem) -> Response:
    """Return the page of a problem."""
    request.state.problem = problem.name  # for the access log
    if problem.status == HTTPStatus.UNAUTHORIZED:
        is_first = problem.name == "missing-api-key" and not request.cookies
        return sign_in_page(request, "" if is_first else shorten(problem.detail), status=401)
    detail = shorten(problem.detail)
    return render(
        request,
        "problem.html",
        status=problem.status,
        title=problem.title(),
        detail=detail,
        may_change_key=problem.status in _OF_ANOTHER_KEY,
    )


def sign_in_page(request: Request, message: str, *, status: int, target: str = "") -> Response:
    """Return the form to sign in, which leads back to `target` or to the page of the request."""
    wanted = target or request.url.path.lstrip("/")
    authenticator: Authenticator | None = request.app.state.authenticator
    has_provider = authenticator is not None and authenticator.people is not None
    values = {"message": message, "target": wanted, "has_provider": has_provider}
    return render(request, "sign_in.html", status=status, **values)
