"""Limits the number of open connections, of all clients and of one address.

Each connection takes a descriptor of the process. Without descriptors it could neither accept
connections nor open recordings.
"""

import resource
from typing import Protocol

from whisperfarm_dispatcher.api.middleware.log_interval import LogInterval
from whisperfarm_store import events

RESERVED_DESCRIPTORS = 64
"""Descriptors for the ledger, the blob store, the broker, logs and metrics."""

DESCRIPTORS_PER_CONNECTION = 2
"""A connection, and the recording or transcript that its request reads or writes, or another
connection that was accepted and is not counted yet."""

MAX_RAISED_DESCRIPTORS = 65_536


class Connection(Protocol):
    """The properties of a connection that matter here."""

    @property
    def address(self) -> str: ...

    @property
    def is_idle(self) -> bool: ...

    @property
    def has_requested(self) -> bool: ...

    def close(self) -> None: ...


class ConnectionLimits:
    """The open connections, oldest first. `max_per_address` 0: unlimited."""

    def __init__(self, *, max_connections: int, max_per_address: int = 0) -> None:
        self._max = max_connections
        self._max_per_address = max_per_address
        self._open: dict[Connection, None] = {}
        self._log_interval = LogInterval()

    def admit(self, connection: Connection) -> bool:
        """Whether the limits allow the connection; if so, count it until `remove`.

        At a limit, the oldest idle connection is closed in its favour.
        """
        crowd = self._crowd(connection)
        if crowd:
            self._log()
            if not self._close_idle(crowd):
                return False
        self._open[connection] = None
        return True

    def remove(self, connection: Connection) -> None:
        self._open.pop(connection, None)

    def _crowd(self, connection: Connection) -> list[Connection]:
        """Return the connections of which one must be closed first. Usually there are none."""
        if self._max_per_address:
            same_address = [one for one in self._open if one.address == connection.address]
            if len(same_address) >= self._max_per_address:
                return same_address
        return list(self._open) if len(self._open) >= self._max else []

    def _close_idle(self, connections: list[Connection]) -> bool:
        idle = [one for one in connections if one.is_idle]
        if not idle:
            return False
        # First those that never sent a request; the others are kept open by clients in use.
        chosen = next((one for one in idle if not one.has_requested), idle[0])
        self.remove(chosen)
        chosen.close()
        return True

    def _log(self) -> None:
        if self._log_interval.is_due():
            events.dispatcher.connections_limited.log(
                open_connections=len(self._open),
                max_connections=self._max,
                max_per_address=self._max_per_address,
            )


def raise_descriptor_limit() -> int:
    """Raise the soft limit on descriptors towards the hard one, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = MAX_RAISED_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
    wanted = max(soft, min(highest, MAX_RAISED_DESCRIPTORS))
    if wanted != soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def connections_within(descriptors: int, max_connections: int) -> int:
    """Return `max_connections`, or as many as the limit on descriptors allows."""
    available = (descriptors - RESERVED_DESCRIPTORS) // DESCRIPTORS_PER_CONNECTION
    return max(1, min(max_connections, available))
