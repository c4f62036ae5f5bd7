"""Ports on loopback that are free, and stay free while their server is down."""

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Linux gives outgoing connections a port from 32768 on. A client that keeps knocking at a dead
server's port in that range would one day get the port as its own and hold it."""

# One pass over all of them: no port is given twice, so a killed server finds its own again.
_candidates = iter(random.sample(_BELOW_EPHEMERAL, k=len(_BELOW_EPHEMERAL)))


def free_ports(count: int) -> list[int]:
    """That many ports on 127.0.0.1 on which nobody listens."""
    return [_free_port() for _ in range(count)]


def _free_port() -> int:
    return next(port for port in _candidates if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
