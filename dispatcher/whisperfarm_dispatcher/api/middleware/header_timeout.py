"""Limits the size of a request's headers and the time in which they must arrive.

`stall_timeout.py` limits the body. The headers are limited in the protocol, because the application
sees a request only once its headers are complete.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEADER_BYTES = 16 * 1024
"""Most bytes of a request line and headers that are buffered until they are complete."""

HEADER_TIMEOUT_S = 20.0
"""Time from the first byte of a request, or from the start of the connection, to the end of the
headers. Between two requests, uvicorn's keep-alive timeout applies."""


class HeaderTimeoutProtocol(H11Protocol):
    """Uvicorn's HTTP protocol, closing the connection if the headers do not arrive in time."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._update_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._update_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timer()
        super().connection_lost(exc)

    def _update_timer(self) -> None:
        """Start the timer unless it runs; cancel it once the headers are complete."""
        if self.conn.their_state is not h11.IDLE:
            self._cancel_timer()
        elif self._timer is None:
            self._timer = self.loop.call_later(HEADER_TIMEOUT_S, self.timeout_keep_alive_handler)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
