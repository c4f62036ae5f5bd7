"""Ports on loopback that are free, and stay free while their server is down."""

import os
import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Linux gives outgoing connections a port from 32768 on. A client that keeps knocking at a dead
server's port in that range would one day get the port as its own and hold it."""

# What pytest-xdist tells the processes that run tests: their name, and how many there are.
_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_OURS = _BELOW_EPHEMERAL[_NUMBER % _PROCESSES :: _PROCESSES]
"""Each process has ports of its own: one that is free may be that of another's killed server."""

# One pass over all of them: no port is given twice, so a killed server finds its own again.
_candidates = iter(random.sample(_OURS, k=len(_OURS)))


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
