"""Migrates the ledger's tables."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger.db.sqlalchemy_engine import sqlite_file

_ADVISORY_LOCK_ID = 0x7768_6661_726D  # "whfarm": the farm's own advisory lock on PostgreSQL

_MAKE_ONE = "make one with `whisperfarm up` or `whisperfarm migrate`"


def migrate(engine: Engine) -> str:
    """Migrate the tables to this version of the farm. Returns their revision.

    Only one process migrates at a time. Raises `InvalidSettings`, without any change, if a newer
    version of the farm has migrated them.
    """
    with _migration_lock(sqlite_file(engine), engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            _wait_for_lock(connection)
        alembic_config = config(connection)
        _reject_newer_schema(connection, ScriptDirectory.from_config(alembic_config))
        command.upgrade(alembic_config, "head")
        return _revision(connection) or ""


def require_current(engine: Engine) -> str:
    """Return the revision of the tables. Raises `InvalidSettings` if it is not that of this
    version, or if there are no tables."""
    file = sqlite_file(engine)
    if file is not None and not file.is_file():  # a connection would make the file
        raise InvalidSettings(
            f"there is no farm in {file.parent}; name its folder with --data-dir"
            f" (or WHISPERFARM_DATA_DIR), or {_MAKE_ONE}"
        )
    with engine.execution_options(whisperfarm_begin="BEGIN").connect() as connection:
        scripts = ScriptDirectory.from_config(config(connection))
        _reject_newer_schema(connection, scripts)
        revision = _revision(connection)
    if revision is None:
        raise InvalidSettings(
            "the ledger has no tables; set WHISPERFARM_DATABASE_URL to that of a farm, or"
            f" {_MAKE_ONE}"
        )
    if revision != scripts.get_current_head():
        raise InvalidSettings(
            f"the ledger is at revision {revision}; run `whisperfarm migrate` first"
        )
    return revision


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _reject_newer_schema(connection: Connection, scripts: ScriptDirectory) -> None:
    revision = _revision(connection)
    if revision not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise InvalidSettings(
            f"the ledger is at revision {revision}, which comes from a newer version of the farm;"
            " start that version, or restore the backup from before the upgrade"
        )


def _wait_for_lock(connection: Connection) -> None:
    for limit in ("statement_timeout", "lock_timeout"):  # an index on many rows may take minutes
        connection.execute(text(f"SET LOCAL {limit} = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK_ID})


def config(connection: Connection) -> Config:
    """Return Alembic's configuration for the scripts in this package and this connection."""
    alembic_config = Config()
    alembic_config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    alembic_config.set_main_option("path_separator", "os")
    alembic_config.attributes["connection"] = connection
    return alembic_config


@contextmanager
def _migration_lock(file: Path | None, engine: Engine) -> Iterator[None]:
    """Lock a SQLite file against other processes, which switching to WAL would not wait for."""
    if file is None:
        yield
        return
    with _lock_file(file) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _use_wal(engine)
        yield


def _lock_file(file: Path) -> TextIO:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Path(f"{file}.migrating").open("w")
    except OSError as error:
        raise InvalidSettings(
            f"the ledger {file} cannot be made ({error.strerror}); make its folder writable, or "
            "set WHISPERFARM_DATA_DIR or WHISPERFARM_DATABASE_URL to another"
        ) from error


def _use_wal(engine: Engine) -> None:
    """Allow readers beside a writer. The file keeps this mode."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()
