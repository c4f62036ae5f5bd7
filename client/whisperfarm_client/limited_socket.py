"""A socket with limits on the time of a whole request and on the size of its response.

The timeout of a plain socket ends only a wait without any data, so a server that sends a byte now
and then would hold the client for ever.
"""

import io
import socket
import time
from contextlib import suppress
from typing import Any, NamedTuple


class ResponseTooLarge(Exception):
    """The server has sent more bytes than the limit."""


class Limits(NamedTuple):
    """Limits of one request. `idle_s` is the maximum time without data, `end` a monotonic time."""

    idle_s: float
    end: float
    max_bytes: int

    def timeout_s(self) -> float:
        """Return the timeout of the next block. Raises `TimeoutError` at the end."""
        left_s = self.end - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return min(self.idle_s, left_s)


class LimitedSocket:
    """The part of a socket that `http.client` uses. `limits` apply to the current request."""

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        self.limits = limits
        self._sock = sock

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self.limits.timeout_s())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a file that reads one response, within the limits of now."""
        return io.BufferedReader(_LimitedReader(self._sock, self.limits))

    def close(self) -> None:
        self._sock.close()

    def abort(self) -> None:
        """End the call of another thread, and later ones, like the other end would."""
        with suppress(OSError):  # the connection has ended
            # Not the method of a TLS socket, which would change it under the other thread.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class _LimitedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._limits = limits
        self._received_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._limits.timeout_s())
        size_bytes = self._raw.readinto(buffer) or 0
        self._received_bytes += size_bytes
        if self._received_bytes > self._limits.max_bytes:
            raise ResponseTooLarge
        return size_bytes

    def close(self) -> None:
        self._raw.close()
        super().close()
