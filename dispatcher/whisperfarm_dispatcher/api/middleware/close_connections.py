"""Adds `Connection: close` to responses during shutdown."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class CloseConnectionsMiddleware:
    """ASGI middleware that ends each connection with its next response, once `shutting_down` is
    set.

    Uvicorn closes the connections that exist when shutdown starts. It misses one that is accepted
    at that moment, whose client would send further requests to a process that is stopping.
    """

    def __init__(self, app: ASGIApp, shutting_down: asyncio.Event) -> None:
        self._app = app
        self._shutting_down = shutting_down

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_close(message: Message) -> None:
            if message["type"] == "http.response.start" and self._shutting_down.is_set():
                MutableHeaders(raw=message["headers"])["connection"] = "close"
            await send(message)

        await self._app(scope, receive, send_with_close)
