"""Converts database errors to problems.

The ledger's address and messages of its server are written to the log and never returned to
callers.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from whisperfarm_contract.problems import (
    FarmUnavailable,
    InvalidSettings,
    Problem,
    ServerError,
    StorageFull,
)
from whisperfarm_store import events

_UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout, sqlite3.OperationalError)
_UNAVAILABLE_CODES = frozenset({"25006", "25P03", "42P01"})
"""A read-only standby, a transaction that was terminated while idle, tables not created yet."""
_FULL = frozenset({sqlite3.SQLITE_FULL, "53100"})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, "XX001"})
"""Codes of SQLite, and SQLSTATEs of PostgreSQL."""
_UNUSABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})


@contextmanager
def reject_unusable(where: str) -> Iterator[None]:
    """Raise `InvalidSettings` if the database is damaged, or its file cannot be opened or written.

    A restart of the process does not cure these, unlike a server that is unavailable.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        code = _code(error)
        if code in _DAMAGED:
            raise InvalidSettings(_damaged_message(where, _reason(error))) from error
        if code in _UNUSABLE:
            raise InvalidSettings(
                f"the ledger {where} cannot be used ({_reason(error)}); make the file and its"
                " folder readable and writable, or set WHISPERFARM_DATA_DIR or"
                " WHISPERFARM_DATABASE_URL to another"
            ) from error
        raise


def _damaged_message(where: str, reason: str) -> str:
    if not where.startswith("sqlite"):
        return f"the ledger {where} is damaged ({reason}); restore it from a `pg_dump`"
    file = where.partition("///")[2]
    return (
        f"the ledger {file} is damaged ({reason}); stop the farm, then replace the file with a"
        f" backup (`sqlite3 {file} '.backup FILE'` makes one while it is intact), or extract what"
        f" is readable with `sqlite3 {file} .recover`"
    )


_unavailable: set[str] = set()
"""The ledgers whose outage this process has logged. Threads retry their statements several times a
second, and none of these failures says more than the first."""


@contextmanager
def translate_errors(where: str) -> Iterator[None]:
    """Raise a problem if the database is full, damaged, busy or unavailable.

    Logs each problem, but an outage only when it begins and when it ends.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        problem = _problem(error)
        if problem is None:
            raise
        _log(where, problem, _reason(error))
        raise problem from error
    if where in _unavailable:
        _unavailable.discard(where)
        events.ledger.available.log(ledger=where)


def _problem(error: Exception) -> Problem | None:
    code = _code(error)
    if code in _FULL:
        return StorageFull("the ledger's disk is full; see the farm's log")
    if code in _DAMAGED:
        return ServerError("the ledger is damaged; see the farm's log")
    if isinstance(error, _UNAVAILABLE) or code in _UNAVAILABLE_CODES:
        return FarmUnavailable("the ledger is unavailable; see the farm's log")
    return None


def _log(where: str, problem: Problem, reason: str) -> None:
    if where not in _unavailable:
        events.ledger.error.log(ledger=where, problem=problem.name, error=reason)
    if isinstance(problem, FarmUnavailable):
        _unavailable.add(where)


def _code(error: Exception) -> int | str | None:
    """Return SQLite's primary result code, or PostgreSQL's SQLSTATE."""
    cause = _cause(error)
    extended: int | None = getattr(cause, "sqlite_errorcode", None)
    return getattr(cause, "sqlstate", None) if extended is None else extended & 0xFF


def _cause(error: Exception) -> BaseException:
    """Return the driver's error, which does not contain the statement and its parameters."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause or error


def _reason(error: Exception) -> str:
    return str(_cause(error)).strip()
