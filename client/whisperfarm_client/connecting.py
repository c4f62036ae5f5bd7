"""Opens connections within a limit on the time of the whole: look-up, TCP and TLS."""

import socket
import time
from threading import Thread
from typing import Any

Addresses = list[tuple[Any, ...]]
"""What `socket.getaddrinfo` returns."""


def connect(host: str, port: int, *, tls: Any, end: float) -> socket.socket:
    """Return a connection that is ready for data, before the monotonic time `end`.

    `tls` is the context of TLS, or `None`. All addresses of the host are tried. Raises `OSError`
    with the reason of the last one, and `TimeoutError` at the end.
    """
    sock = _connect_to_first(_look_up(host, port, end), end)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is None:
            return sock
        sock.settimeout(_left_s(end))  # limits the whole handshake
        return tls.wrap_socket(sock, server_hostname=host)  # type: ignore[no-any-return]
    except BaseException:
        sock.close()
        raise


def _look_up(host: str, port: int, end: float) -> Addresses:
    """Look the host up in a thread, because nothing else can end a resolver that hangs."""
    found: list[Addresses | OSError] = []
    # A name as text would load Python's tables of international names, which takes milliseconds.
    name = host.encode() if host.isascii() else host

    def run() -> None:
        try:
            found.append(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.append(error)

    thread = Thread(target=run, name="look-up", daemon=True)
    thread.start()
    thread.join(_left_s(end))
    if not found:
        raise TimeoutError(f"looking up {host} timed out")
    [result] = found
    if isinstance(result, OSError):
        raise result
    return result


def _connect_to_first(addresses: Addresses, end: float) -> socket.socket:
    """Connect to the first address that accepts. Each has an equal share of the time."""
    failure: OSError = OSError("the name has no address")
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left_s(end) / (len(addresses) - index))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def _left_s(end: float) -> float:
    """Return the seconds until `end`. Raises `TimeoutError` after it."""
    left_s = end - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s
