"""The database's clock, which measures all leases and times."""

from typing import Any

from sqlalchemy import Double, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class now_s(GenericFunction[float]):
    """Seconds since 1970, with fractions, at the time the statement runs."""

    type = Double()
    inherit_cache = True


class utc_day(GenericFunction[int]):
    """Days since 1970 in UTC of a time in seconds since 1970."""

    type = Integer()
    inherit_cache = True


@compiles(utc_day, "sqlite")
def _day_sqlite(element: utc_day, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} / 86400.0 AS INTEGER)"


@compiles(utc_day, "postgresql")
def _day_postgresql(element: utc_day, compiler: Any, **options: Any) -> str:
    # A cast alone would round to the nearest day.
    return f"CAST(floor({compiler.process(element.clauses, **options)} / 86400.0) AS INTEGER)"


@compiles(now_s, "sqlite")
def _sqlite(_element: now_s, _compiler: Any, **_: Any) -> str:
    # `unixepoch('subsec')` came with SQLite 3.42; the Julian day has milliseconds in all versions.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now_s, "postgresql")
def _postgresql(_element: now_s, _compiler: Any, **_: Any) -> str:
    # now() is constant within a transaction.
    return "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
