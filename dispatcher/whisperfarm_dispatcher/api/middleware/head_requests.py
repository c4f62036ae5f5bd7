"""Answers HEAD wherever GET is answered."""

from starlette.types import ASGIApp, Receive, Scope, Send

_METHOD_OF_REQUEST = "whisperfarm.method"


class HeadMiddleware:
    """ASGI middleware that passes HEAD on as GET. The server omits the body of the response.

    `method_of` returns the method of the request as it was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET", _METHOD_OF_REQUEST: "HEAD"}
        await self._app(scope, receive, send)


def method_of(scope: Scope) -> str:
    """Return the method that the caller used."""
    return str(scope.get(_METHOD_OF_REQUEST, scope["method"]))
