"""One log line for each answer. Query strings stay out of it: they may carry prompts and names."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROBES = frozenset({"/healthz", "/readyz"})
"""Asked every few seconds: of interest at level `debug` alone."""

log = structlog.get_logger()


class AccessLog:
    """ASGI middleware that logs method, path, status and time of each answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                _log(scope, message["status"], time.monotonic() - began)
            await send(message)

        await self._app(scope, receive, noting)


def _log(scope: Scope, status: int, took_s: float) -> None:
    write = log.debug if scope["path"] in PROBES else log.info
    write(
        "http.answered",
        method=scope["method"],
        path=scope["path"],
        status=status,
        took_ms=round(took_s * 1000, 1),
    )
