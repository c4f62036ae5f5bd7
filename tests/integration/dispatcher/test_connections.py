"""The connections that the dispatcher accepts."""

import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from tests.integration.dispatcher.farm import started


def test_connections_have_tcp_nodelay(tmp_path: Path) -> None:
    with started(tmp_path) as farm:
        accepted = [one.transport for one in farm.server.server_state.connections]
        assert accepted  # the connection of the request at the start
        for transport in accepted:
            connection = transport.get_extra_info("socket")
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_idle_connections_do_not_stop_the_dispatcher(tmp_path: Path) -> None:
    with started(tmp_path, max_connections=8) as farm, ExitStack() as stack:
        where = urlsplit(farm.url)
        idle = [
            stack.enter_context(socket.create_connection((where.hostname, where.port), timeout=5))
            for _ in range(100)
        ]
        assert farm.http.get(f"{farm.url}/healthz").status_code == 200
        assert idle[0].recv(1) == b""
        assert len(farm.server.server_state.connections) <= 8
