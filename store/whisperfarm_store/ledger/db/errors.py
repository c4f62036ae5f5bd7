"""Converts database errors to problems.

The ledger's address and messages of its server are written to the log and never returned to
callers.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from whisperfarm_contract.problems import FarmUnavailable, Problem, ServerError, StorageFull
from whisperfarm_store import events

_UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout, sqlite3.OperationalError)
_UNAVAILABLE_CODES = frozenset({"25006", "25P03", "42P01"})
"""A read-only standby, a transaction that was terminated while idle, tables not created yet."""
_FULL = frozenset({sqlite3.SQLITE_FULL, "53100"})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, "XX001"})
"""Codes of SQLite, and SQLSTATEs of PostgreSQL."""

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
    cause = _cause(error)
    code = getattr(cause, "sqlite_errorcode", None) or getattr(cause, "sqlstate", None)
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


def _cause(error: Exception) -> BaseException:
    """Return the driver's error, which does not contain the statement and its parameters."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause or error


def _reason(error: Exception) -> str:
    return str(_cause(error)).strip()
