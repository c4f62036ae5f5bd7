"""One log event per response. Query strings are not logged: they may hold prompts and names."""

import time
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whisperfarm_contract.problems import Problem
from whisperfarm_dispatcher.api.middleware.head_requests import method_of
from whisperfarm_store import events
from whisperfarm_store.events.event import Event

PROBE_PATHS = frozenset({"/health", "/healthz", "/readyz"})
"""Probes arrive every few seconds, so they are logged at level `debug`."""

FILES_ROUTE = "/page/files/{name}"
"""The route of the page's scripts and styles: a view of a page loads about ten."""

MAX_PATH_CHARS = 200
"""Longest path that is logged. Those of the API are shorter."""

NO_ROUTE = "none"
"""Logged as the route of a path that matches none."""


class AccessLogMiddleware:
    """ASGI middleware that logs method, route, path, status and duration of each response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.monotonic()
        has_responded = False

        async def log_and_send(message: Message) -> None:
            nonlocal has_responded
            if message["type"] == "http.response.start":
                has_responded = True
                _log(scope, message["status"], time.monotonic() - started_at)
            await send(message)

        try:
            await self._app(scope, receive, log_and_send)
        except Exception:
            if not has_responded:
                # An outer middleware makes the response to an unexpected exception.
                scope.setdefault("state", {})["problem"] = Problem.name
                _log(scope, 500, time.monotonic() - started_at)
            raise


def _log(scope: Scope, status: int, took_s: float) -> None:
    route = getattr(scope.get("route"), "path", NO_ROUTE)
    _event(scope, route, status).log(
        method=method_of(scope),
        route=route,
        path=scope["path"][:MAX_PATH_CHARS],
        status=status,
        took_ms=round(took_s * 1000, 1),
        **_context(scope),
    )


def _event(scope: Scope, route: str, status: int) -> Event[...]:
    if scope["path"] in PROBE_PATHS:
        return events.http.probed
    if route == FILES_ROUTE and status < HTTPStatus.BAD_REQUEST:
        return events.http.file_served
    return events.http.responded


def _context(scope: Scope) -> dict[str, Any]:
    """Return the request's job and problem, where there is one."""
    state = scope.get("state", {})
    job = scope.get("path_params", {}).get("job_id") or state.get("job")
    context = {"job": job, "problem": state.get("problem")}
    return {name: value for name, value in context.items() if value is not None}
