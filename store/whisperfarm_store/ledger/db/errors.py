"""A database's troubles, in the farm's words.

Callers are not told where the ledger is, nor what its server said: the log is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from whisperfarm_contract.problems import FarmFault, FarmUnavailable, Problem, StorageFull
from whisperfarm_store import events

_AWAY = (OperationalError, InterfaceError, PoolTimeout, sqlite3.OperationalError)
_AWAY_CODES = frozenset({"25006", "25P03", "42P01"})
"""A standby that only reads, a transaction that was ended for idling, tables not yet made."""
_FULL = frozenset({sqlite3.SQLITE_FULL, "53100"})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, "XX001"})
"""Codes of SQLite, and SQLSTATEs of PostgreSQL."""


@contextmanager
def named(where: str) -> Iterator[None]:
    """Turn a database that is full, damaged, busy or away into a problem that callers know."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        problem = _problem(error)
        if problem is None:
            raise
        events.ledger.error.log(ledger=where, problem=problem.name, error=_reason(error))
        raise problem from error


def _problem(error: Exception) -> Problem | None:
    cause = _cause(error)
    code = getattr(cause, "sqlite_errorcode", None) or getattr(cause, "sqlstate", None)
    if code in _FULL:
        return StorageFull("the ledger has no room left; the farm's log says where")
    if code in _DAMAGED:
        return FarmFault("the ledger is damaged; the farm's log says where")
    if isinstance(error, _AWAY) or code in _AWAY_CODES:
        return FarmUnavailable("the ledger can not be reached now; the farm's log says why")
    return None


def _cause(error: Exception) -> BaseException:
    """What the driver said, without the statement and its parameters."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause or error


def _reason(error: Exception) -> str:
    return str(_cause(error)).strip()
