"""How large the headers of a request may be, and how long they may take to come.

A body has bounds of its own (`stall_timeout.py`), but begins only when the headers are whole: until
then only the connection knows of the caller.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_BYTES = 16 * 1024
"""What may be kept of a request's line and headers while they are not whole."""

WITHIN_S = 20.0
"""From the first byte of a request, or the beginning of the connection, to the end of its headers.

Between requests uvicorn's own limit holds, which the first byte of the next one ends.
"""


class PromptHeaders(H11Protocol):
    """Uvicorn's connection, which is hung up on when the headers do not come in time."""

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
        """The time runs from the first of several calls, until the headers are whole."""
        if self.conn.their_state is not h11.IDLE:
            self._forget()
        elif self._overdue is None:
            self._overdue = self.loop.call_later(WITHIN_S, self.timeout_keep_alive_handler)

    def _forget(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
