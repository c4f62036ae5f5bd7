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
from whisperfarm_dispatcher.egress.targets import refusal

LookUp = Callable[[str, int], list[str]]
"""Resolves host and port to addresses, the preferred one first. Raises `OSError`."""

Clock = Callable[[], float]

_MOST_ADDRESSES = 8


def look_up(host: str, port: int) -> list[str]:
    """Resolve the host with this machine's resolver. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Checked(httpcore.NetworkBackend):
    """Network backend that connects only to addresses that callers may name.

    Its connections raise a timeout after `ends_at`, a time of `clock`.
    """

    def __init__(
        self,
        allowed: Networks,
        *,
        look_up: LookUp = look_up,
        ends_at: float | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._allowed = allowed
        self._look_up = look_up
        self._limit = _Limit(ends_at, clock)
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises `AddressRefused` for a bad one."""
        failure: Exception = AddressUnreachable(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._limit.within(timeout), local_address, socket_options
                )
                return _Limited(stream, self._limit)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            raise AddressUnreachable(f"cannot resolve {host}: {error}") from error
        for address in found:
            if not may_connect(address, self._allowed):
                raise refusal(host)
        return found[:_MOST_ADDRESSES]


class _Limit:
    """Deadline of all operations."""

    def __init__(self, ends_at: float | None, clock: Clock) -> None:
        self._ends_at = ends_at
        self._clock = clock

    def within(self, timeout: float | None) -> float | None:
        """Return the timeout, shortened to the time that is left. Raises `httpcore.ReadTimeout`."""
        if self._ends_at is None:
            return timeout
        left_s = self._ends_at - self._clock()
        if left_s <= 0:
            raise httpcore.ReadTimeout("the request took too long")
        return left_s if timeout is None else min(timeout, left_s)


class _Limited(httpcore.NetworkStream):
    """Connection with a deadline, which also ends a response that arrives byte by byte."""

    def __init__(self, stream: httpcore.NetworkStream, limit: _Limit) -> None:
        self._stream = stream
        self._limit = limit
        self.close = stream.close  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._limit.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._limit.within(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        within = self._limit.within(timeout)
        return _Limited(self._stream.start_tls(ssl_context, server_hostname, within), self._limit)
