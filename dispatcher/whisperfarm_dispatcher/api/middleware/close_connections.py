"""The last answers of a process: each of them says that its connection ends with it."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Farewell:
    """ASGI middleware that ends connections with their next answer, once `closing` is set.

    Uvicorn hangs up on the connections that it knows of when it begins to stop. One that comes in
    at that very moment is not among them: its caller would go on asking a process that ends.
    """

    def __init__(self, app: ASGIApp, closing: asyncio.Event) -> None:
        self._app = app
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def parting(message: Message) -> None:
            if message["type"] == "http.response.start" and self._closing.is_set():
                MutableHeaders(raw=message["headers"])["connection"] = "close"
            await send(message)

        await self._app(scope, receive, parting)
