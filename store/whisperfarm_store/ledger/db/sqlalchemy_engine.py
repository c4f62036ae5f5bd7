"""Connects to the ledger's database."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger.db.idle_ping import ping_idle_connections

_BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for the lock of a SQLite file."""

_SQLITE_CACHE_KIB = 256
"""Pages that a connection keeps. They fill as the ledger grows: with SQLite's default of 2,000 KiB,
a dispatcher's 20 connections may take 40 MB. The system keeps the file's pages anyway."""

_POSTGRESQL_DRIVERS = ("postgresql", "postgres", "postgresql+psycopg")
"""Driver names in URLs, all for psycopg 3."""

_LIBPQ_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "connect_timeout": "5",
        "application_name": "whisperfarm",
        # A server that disappears without closing the connection is noticed within 30 seconds.
        "keepalives_idle": "15",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "30000",
        # All statements are short: one that is not waits for a process that hangs.
        "options": (
            "-c statement_timeout=30s -c lock_timeout=10s"
            " -c idle_in_transaction_session_timeout=60s"
        ),
    }
)
"""Defaults of libpq's parameters; the URL may override them."""

_POOL_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "pool_size": 5,
        "max_overflow": 15,
        "pool_timeout": 10.0,
        "pool_recycle": 1800,
        "pool_use_lifo": True,  # surplus connections stay idle, so that the server closes them
    }
)


def connect(url: str) -> Engine:
    """Return the engine for the ledger at `url`, without a connection. Raises `InvalidSettings`."""
    try:
        parsed = make_url(url)
        return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise InvalidSettings(
            f"WHISPERFARM_DATABASE_URL: {error}; set it to a SQLAlchemy URL such as "
            "sqlite:////var/lib/whisperfarm/ledger.sqlite"
        ) from error


def sqlite_file(engine: Engine) -> Path | None:
    """Return the file of a SQLite ledger, or `None` for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return None
    return Path(str(engine.url.database))


def _postgresql(url: URL) -> Engine:
    if url.drivername not in _POSTGRESQL_DRIVERS:
        raise InvalidSettings(
            f"WHISPERFARM_DATABASE_URL: {url.drivername} is not supported; use sqlite or postgresql"
        )
    defaults = {name: value for name, value in _LIBPQ_DEFAULTS.items() if name not in url.query}
    url = url.set(drivername="postgresql+psycopg").update_query_dict(defaults)
    engine = create_engine(url, **_POOL_OPTIONS)
    ping_idle_connections(engine)
    return engine


def _sqlite(url: URL) -> Engine:
    if not url.database or ":memory:" in url.database:
        raise InvalidSettings(
            "WHISPERFARM_DATABASE_URL: a ledger in memory would lose its jobs; set it to a file"
        )
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S}, max_overflow=20)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _: Any) -> None:
    # By default, Python's driver begins transactions itself, and only before a write.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")  # an accepted job survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased leaves no free pages
    connection.execute(f"PRAGMA cache_size = -{_SQLITE_CACHE_KIB}")


def _on_begin(connection: Connection) -> None:
    # A transaction that reads and then writes fails at once, without the timeout, if another has
    # written in between. With BEGIN IMMEDIATE it waits for the write lock at its start.
    begin = connection.get_execution_options().get("whisperfarm_begin", "BEGIN IMMEDIATE")
    connection.exec_driver_sql(str(begin))
