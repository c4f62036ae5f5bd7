"""The socket that the dispatcher listens on."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.certificates.peer import PeerListener
from whisperfarm_dispatcher.settings import DispatcherSettings


@contextmanager
def open_listener(settings: DispatcherSettings) -> Iterator[socket.socket]:
    """Open the listening socket. Raises `InvalidSettings` if the address is not available."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        created = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_HOST, WHISPERFARM_PORT: cannot listen on {settings.host}:{settings.port}"
            f" ({error.strerror}); stop the process that uses it, or set another port"
        ) from error
    with PeerListener(fileno=created.detach()) as listener:
        # Connections inherit it. asyncio sets it only for sockets that name their protocol, which
        # this one does not. Without it, a response's body waits 40 ms for the ACK of its headers.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener
