"""Answers an address below `/page` that does not exist with a page."""

from http import HTTPStatus

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from whisperfarm_contract.problems import ClientError
from whisperfarm_dispatcher.api import errors
from whisperfarm_dispatcher.page.rendering import render


async def no_route(request: Request, error: HTTPException) -> Response:
    """Return a page for people, or else the problem document of the API."""
    is_page = request.url.path.startswith("/page/")
    if not is_page or error.status_code != HTTPStatus.NOT_FOUND:
        return await errors.HANDLERS[HTTPException](request, error)
    request.state.problem = ClientError.name  # for the access log
    return render(
        request,
        "problem.html",
        status=HTTPStatus.NOT_FOUND,
        title="This page does not exist.",
        detail="Nothing is at this address; go back to the list of jobs.",
        may_change_key=False,
    )
