"""The connections that the dispatcher accepts."""

import socket
from pathlib import Path

from tests.integration.dispatcher.farm import started


def test_connections_have_tcp_nodelay(tmp_path: Path) -> None:
    with started(tmp_path) as farm:
        accepted = [one.transport for one in farm.server.server_state.connections]
        assert accepted  # the one on which the farm was asked whether it listens
        for transport in accepted:
            connection = transport.get_extra_info("socket")
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
