"""Limits the size of a request's headers and the time in which they must arrive.

It answers such a request, one that is not HTTP, and a connection above the limit with a problem
document.

`stall_timeout.py` limits the body. The headers are limited in the protocol, because the application
sees a request only once its headers are complete.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from whisperfarm_contract.problems import ClientError, FarmUnavailable, Problem
from whisperfarm_dispatcher.api.middleware.connection_limits import ConnectionLimits

MAX_HEADER_BYTES = 16 * 1024
"""Most bytes of a request line and headers."""

PROBLEM_MEDIA_TYPE = b"application/problem+json"

_END_OF_HEADERS = re.compile(rb"\n\r?\n")
_BAD_REQUEST, _HEADERS_TOO_LARGE, _UNAVAILABLE = 400, 431, 503

HEADER_TIMEOUT_S = 20.0
"""Time from the first byte of a request, or from the start of the connection, to the end of the
headers. Between two requests, uvicorn's keep-alive timeout applies."""


class HeaderTimeoutProtocol(H11Protocol):
    """Uvicorn's HTTP protocol, closing the connection if the headers do not arrive in time."""

    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, limits: ConnectionLimits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = limits

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._pass_certificate_on(transport)
        if self._limits.admit(self):
            self._update_timer()
        else:
            self._send_problem(_UNAVAILABLE)

    def _pass_certificate_on(self, transport: Any) -> None:
        """Add the client's certificate, which TLS has verified, to the state of its requests."""
        tls = transport.get_extra_info("ssl_object")
        certificate = None if tls is None else tls.getpeercert(binary_form=True)
        if certificate is not None:
            self.app_state = {**self.app_state, "client_certificate": certificate}

    @property
    def address(self) -> str:
        """The client's address."""
        return self.client[0] if self.client else ""

    @property
    def is_idle(self) -> bool:
        """Whether no request is in progress."""
        return not self._is_responding()

    @property
    def has_requested(self) -> bool:
        """Whether there has been a request."""
        return self.cycle is not None

    def close(self) -> None:
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._update_timer()

    def handle_events(self) -> None:
        """Handle the bytes received, unless they are headers above the limit."""
        # h11 checks the size only while headers are incomplete.
        if self.conn.their_state is h11.IDLE and _header_bytes(self._received()) > MAX_HEADER_BYTES:
            self._send_problem(_HEADERS_TOO_LARGE)
            return
        super().handle_events()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's text
        is_large = not self._is_responding() and len(self._received()) > MAX_HEADER_BYTES
        self._send_problem(_HEADERS_TOO_LARGE if is_large else _BAD_REQUEST)

    def _received(self) -> bytes:
        """Return the bytes that h11 has not parsed yet."""
        return self.conn.trailing_data[0]

    def _is_responding(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _send_problem(self, status: int) -> None:
        if self.conn.our_state is h11.IDLE:
            self.transport.write(self._problem(status))
        self.transport.close()

    def _problem(self, status: int) -> bytes:
        body = _problem_document(status)
        headers = [
            (b"content-type", PROBLEM_MEDIA_TYPE),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        messages = (
            h11.Response(
                status_code=status, headers=headers, reason=HTTPStatus(status).phrase.encode()
            ),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )
        return b"".join(self.conn.send(message) or b"" for message in messages)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timer()
        self._limits.remove(self)
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


def _header_bytes(received: bytes) -> int:
    """Return the size of the headers, or of the bytes received if they have not ended."""
    end = _END_OF_HEADERS.search(received)
    return len(received) if end is None else end.end()


_PROBLEMS: Mapping[int, Problem] = MappingProxyType(
    {
        _BAD_REQUEST: ClientError("the request is not valid HTTP/1.1; correct it"),
        _HEADERS_TOO_LARGE: ClientError(
            f"the request's headers are larger than {MAX_HEADER_BYTES} bytes; shorten them"
        ),
        _UNAVAILABLE: FarmUnavailable(
            "the dispatcher has as many connections as it may have, or as your address may have"
            " (WHISPERFARM_MAX_CONNECTIONS, WHISPERFARM_MAX_CONNECTIONS_PER_ADDRESS); retry later"
        ),
    }
)


def _problem_document(status: int) -> bytes:
    return json.dumps(_PROBLEMS[status].to_wire() | {"status": status}).encode()
