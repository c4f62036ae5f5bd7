"""Free ports on loopback that stay free while their server is down."""

import os
import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Outgoing connections get ports from 32768 on. A client that keeps connecting to a port of a
stopped server in that range could get that port as its own source port and hold it."""

# pytest-xdist passes its processes their name and their number.
_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_OURS = _BELOW_EPHEMERAL[_NUMBER % _PROCESSES :: _PROCESSES]
"""Each process has a range of its own, because a free port may be that of a killed server."""

# Each port is used once, so that a killed server finds its port free.
_candidates = iter(random.sample(_OURS, k=len(_OURS)))


def free_ports(count: int) -> list[int]:
    """Return `count` free ports on 127.0.0.1."""
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
