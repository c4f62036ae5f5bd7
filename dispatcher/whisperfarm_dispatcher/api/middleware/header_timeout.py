"""Limits the size of a request's headers and the time in which they must arrive.

`stall_timeout.py` limits the body. The headers are limited in the protocol, because the application
sees a request only once its headers are complete.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_BYTES = 16 * 1024
"""Most bytes of a request line and headers that are buffered until they are complete."""

WITHIN_S = 20.0
"""Time from the first byte of a request, or from the start of the connection, to the end of the
headers. Between two requests, uvicorn's keep-alive timeout applies."""


class PromptHeaders(H11Protocol):
    """Uvicorn's HTTP protocol, closing the connection if the headers do not arrive in time."""

    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Start the timer unless it runs; cancel it once the headers are complete."""
        if self.conn.their_state is not h11.IDLE:
            self._forget()
        elif self._overdue is None:
            self._overdue = self.loop.call_later(WITHIN_S, self.timeout_keep_alive_handler)

    def _forget(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
