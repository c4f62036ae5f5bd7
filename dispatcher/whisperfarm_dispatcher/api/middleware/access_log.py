"""One log line for each answer. Query strings stay out of it: they may carry prompts and names."""

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whisperfarm_contract.problems import Problem
from whisperfarm_store import events

PROBES = frozenset({"/healthz", "/readyz"})
"""Asked every few seconds: of interest at level `debug` alone."""

NO_ROUTE = "none"
"""The route of a path that leads nowhere."""


class AccessLog:
    """ASGI middleware that logs method, route, path, status and time of each answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        answered = False

        async def noting(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                _log(scope, message["status"], time.monotonic() - began)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            if not answered:  # the answer to a fault of ours is made further out
                scope.setdefault("state", {})["problem"] = Problem.name
                _log(scope, 500, time.monotonic() - began)
            raise


def _log(scope: Scope, status: int, took_s: float) -> None:
    event = events.http.probed if scope["path"] in PROBES else events.http.responded
    event.log(
        method=scope["method"],
        route=getattr(scope.get("route"), "path", NO_ROUTE),
        path=scope["path"],
        status=status,
        took_ms=round(took_s * 1000, 1),
        **_about(scope),
    )


def _about(scope: Scope) -> dict[str, Any]:
    """The job that was handed in or asked about, and what was wrong, as far as there is any."""
    state = scope.get("state", {})
    job = scope.get("path_params", {}).get("job_id") or state.get("job")
    about = {"job": job, "problem": state.get("problem")}
    return {name: value for name, value in about.items() if value is not None}
