"""Pings of idle connections, with SQLite as the server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import QueuePool

from whisperfarm_store.ledger.db.idle_ping import PING_AFTER_S, ping_idle_connections


class Server:
    """An engine with one connection, and the clock by which it is idle."""

    def __init__(self, file: Path) -> None:
        self.now_s, self.has_closed = 0.0, False
        self.engine: Engine = create_engine(
            f"sqlite:///{file}", poolclass=QueuePool, pool_size=1, max_overflow=0
        )
        ping_idle_connections(
            self.engine, has_input=lambda _: self.has_closed, clock=lambda: self.now_s
        )

    def use(self) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def break_connection(self) -> None:
        """Close the connection below the pool, as a server does that restarts."""
        with self.engine.connect() as connection:
            close: Callable[[], None] = connection.connection.driver_connection.close  # type: ignore[union-attr]
        close()


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path / "ledger.sqlite")


def test_broken_connection_is_replaced_after_it_was_idle(server: Server) -> None:
    server.break_connection()
    server.now_s += PING_AFTER_S
    server.use()


def test_connection_that_the_server_has_closed_is_replaced_at_once(server: Server) -> None:
    server.break_connection()
    server.has_closed = True
    server.use()


def test_connection_in_use_is_not_pinged(server: Server) -> None:
    server.break_connection()
    with pytest.raises(ProgrammingError, match="closed"):
        server.use()
