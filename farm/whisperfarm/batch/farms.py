"""Connections to the farm, one for each thread."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from whisperfarm_client.api import FarmApi
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Environment, Notify, Retrier
from whisperfarm_client.settings import Connection
from whisperfarm_client.transport import HttpConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Farms:
    """The farm, on a connection of each thread that asks for it.

    `sleep` is called with the seconds to wait before a request is sent again. A call ends when the
    farm could not be reached for `timeout_s` seconds.
    """

    where: Connection
    timeout_s: float
    sleep: Callable[[float], object]
    notify: Notify
    _local: threading.local = field(default_factory=threading.local, init=False)
    _connections: list[HttpConnection] = field(default_factory=list, init=False)

    def current(self) -> FarmApi:
        """Return the farm for this thread."""
        farm: FarmApi | None = getattr(self._local, "farm", None)
        if farm is None:
            farm = self._local.farm = self._open()
        return farm

    def retrier(self, timeout_s: float | None = None) -> Retrier:
        """Return the retrier of a call that ends after `timeout_s` seconds (default: no limit)."""
        return Retrier.within(
            timeout_s,
            connect_timeout_s=self.timeout_s,
            notify=self.notify,
            environment=Environment(sleep=self.sleep),
        )

    def close(self) -> None:
        """Close the connections. No thread may use them any more."""
        for connection in self._connections:
            connection.close()

    def _open(self) -> FarmApi:
        connection = HttpConnection(self.where.address, key=self.where.key, tls=self.where.tls)
        self._connections.append(connection)
        return FarmApi(RetriedRequests(connection), self.retrier, timeout_s=self.timeout_s)
