"""Pings connections that may be broken, before they are used.

SQLAlchemy's `pool_pre_ping` pings before each use, which costs a round trip per transaction.
"""

import select
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

PING_AFTER_S = 1.0
"""A connection that was used within this time counts as intact, unless its server has closed it."""

_RETURNED_AT = "whisperfarm.returned_at"
"""Key in the record of a connection, which a new connection does not have."""


def has_input(connection: Any) -> bool:
    """Return whether the server has sent something, or closed the connection of psycopg."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def ping_idle_connections(
    engine: Engine,
    *,
    has_input: Callable[[Any], bool] = has_input,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Ping each connection that was idle for `PING_AFTER_S` seconds, or that has input.

    If the ping fails, all idle connections are replaced.
    """

    def on_checkin(_: Any, record: Any) -> None:
        record.info[_RETURNED_AT] = clock()

    def on_checkout(connection: Any, record: Any, _: Any) -> None:
        idle_s = clock() - record.info.get(_RETURNED_AT, clock())
        if idle_s < PING_AFTER_S and not has_input(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", on_checkin)
    event.listen(engine, "checkout", on_checkout)
