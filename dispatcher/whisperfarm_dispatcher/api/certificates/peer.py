"""The address of the peer while its connection is being made.

TLS fails before there is a request or a protocol that knows the address. asyncio accepts a
connection and starts the task that serves it in one context, which keeps the address.
"""

import socket
from contextvars import ContextVar
from typing import Any

_address: ContextVar[str] = ContextVar("peer_address", default="")


class PeerListener(socket.socket):
    """A listening socket that keeps the peer's address in the context of each connection."""

    def accept(self) -> tuple[socket.socket, Any]:
        connection, address = super().accept()
        _address.set(address[0])
        return connection, address


def peer_address() -> str:
    """Return the address, or an empty text if the connection comes from another listener."""
    return _address.get()
