"""Transactions of the ledger's database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

from sqlalchemy import Connection, Engine

from whisperfarm_store.ledger.db import errors

_AFTER_COMMIT = "whisperfarm.after_commit"
"""Key in `Connection.info` of the current transaction's actions."""


KEEPS_CUSTODY = "whisperfarm_keeps_custody"
"""Execution option of the connections of a farm that keeps chains of custody."""


class Database:
    """The ledger's database. Its errors are raised as problems. Thread-safe.

    With `custody`, what happens to jobs is also added to their chains of custody.
    """

    def __init__(self, engine: Engine, *, custody: bool = False) -> None:
        if custody:
            engine = engine.execution_options(**{KEEPS_CUSTODY: True})
        self.engine = engine
        self._custody = custody
        self._reader = engine.execution_options(whisperfarm_begin="BEGIN")
        self._single_writer = engine
        if engine.dialect.name == "postgresql":
            # It commits each statement by itself: that saves two round trips to the server.
            self._reader = self._single_writer = engine.execution_options(
                isolation_level="AUTOCOMMIT"
            )
        self._write_lock = _write_lock(engine)
        self._where = engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run the block in a read-only transaction. Each of its queries sees the latest commits."""
        with self.translate_errors(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def read_snapshot(self) -> Iterator[Connection]:
        """Run the block in a read-only transaction whose queries all show the same state."""
        engine = self._reader  # one transaction of SQLite sees one state anyway
        if engine.dialect.name == "postgresql":
            engine = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with self.translate_errors(), engine.begin() as connection:
            yield connection

    def write(self) -> AbstractContextManager[Connection]:
        """Run the block in a transaction. Runs the actions of `after_commit` at the end."""
        return self._write(self.engine)

    @property
    def keeps_custody(self) -> bool:
        """Whether entries are added to chains of custody."""
        return self._custody

    def write_one(self) -> AbstractContextManager[Connection]:
        """Run the block, which changes rows with one statement, like `write` but cheaper.

        The change may be committed before the block ends. With `custody`, the entry is a second
        statement, and this is `write`.
        """
        return self._write(self.engine if self._custody else self._single_writer)

    @contextmanager
    def _write(self, engine: Engine) -> Iterator[Connection]:
        with self.translate_errors(), self._write_lock, engine.begin() as connection:
            actions: list[Callable[[], None]] = []
            connection.info[_AFTER_COMMIT] = actions  # replaces those of a rolled-back transaction
            yield connection
        for action in actions:
            action()

    def translate_errors(self) -> AbstractContextManager[None]:
        """Raise a problem if the database is full, damaged, busy or unavailable."""
        return errors.translate_errors(self._where)

    def reject_unusable(self) -> AbstractContextManager[None]:
        """Raise `InvalidSettings` if the database is damaged, or cannot be opened or written."""
        return errors.reject_unusable(self._where)


def after_commit(connection: Connection, action: Callable[[], None]) -> None:
    """Call `action` once the transaction of `Database.write` is committed."""
    connection.info.setdefault(_AFTER_COMMIT, []).append(action)


def _write_lock(engine: Engine) -> AbstractContextManager[object]:
    """Return the lock that a thread holds while it writes.

    SQLite's waiting writers retry at random, so that some wait for seconds while others overtake
    them. The lock makes the threads of a process fair. PostgreSQL needs none.
    """
    return Lock() if engine.dialect.name == "sqlite" else nullcontext()
