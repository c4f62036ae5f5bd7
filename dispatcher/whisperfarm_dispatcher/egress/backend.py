"""Resolves a host once, checks its addresses, and connects to one of them.

A name that is resolved twice can lead to a public address first and to a private one next (DNS
rebinding). Here the name is used only for TLS and the `Host` header.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from whisperfarm_contract.problems import AddressUnreachable
from whisperfarm_dispatcher.egress.networks import Networks, may_connect
from whisperfarm_dispatcher.egress.targets import forbidden

Resolver = Callable[[str, int], list[str]]
"""Resolves host and port to addresses, the preferred one first. Raises `OSError`."""

Clock = Callable[[], float]

_MAX_ADDRESSES = 8


def resolve(host: str, port: int) -> list[str]:
    """Resolve the host with this machine's resolver. Raises `OSError`."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in addresses))


class AllowlistedBackend(httpcore.NetworkBackend):
    """Network backend that connects only to addresses that callers may name.

    Its connections raise a timeout after `ends_at`, a time of `clock`.
    """

    def __init__(
        self,
        allowed: Networks,
        *,
        resolve: Resolver = resolve,
        ends_at: float | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._deadline = _Deadline(ends_at, clock)
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises `ForbiddenAddress` for a bad one."""
        failure: Exception = AddressUnreachable(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._backend.connect_tcp(
                    address, port, self._deadline.remaining(timeout), local_address, socket_options
                )
                return _DeadlineStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise AddressUnreachable(f"cannot resolve {host}: {error}") from error
        for address in addresses:
            if not may_connect(address, self._allowed):
                raise forbidden(host)
        return addresses[:_MAX_ADDRESSES]


class _Deadline:
    """Deadline of all operations."""

    def __init__(self, ends_at: float | None, clock: Clock) -> None:
        self._ends_at = ends_at
        self._clock = clock

    def remaining(self, timeout: float | None) -> float | None:
        """Return the timeout, shortened to the time that is left. Raises `httpcore.ReadTimeout`."""
        if self._ends_at is None:
            return timeout
        remaining_s = self._ends_at - self._clock()
        if remaining_s <= 0:
            raise httpcore.ReadTimeout("the request took too long")
        return remaining_s if timeout is None else min(timeout, remaining_s)


class _DeadlineStream(httpcore.NetworkStream):
    """Connection with a deadline, which also ends a response that arrives byte by byte."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self.close = stream.close  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.remaining(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        remaining = self._deadline.remaining(timeout)
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, remaining), self._deadline
        )
