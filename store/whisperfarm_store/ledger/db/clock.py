"""The database's clock, which measures all leases and times."""

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class now_s(GenericFunction[float]):
    """Seconds since 1970, with fractions, at the time the statement runs."""

    type = Double()
    inherit_cache = True


@compiles(now_s, "sqlite")
def _sqlite(_element: now_s, _compiler: Any, **_: Any) -> str:
    # `unixepoch('subsec')` came with SQLite 3.42; the Julian day has milliseconds in all versions.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now_s, "postgresql")
def _postgresql(_element: now_s, _compiler: Any, **_: Any) -> str:
    # now() is constant within a transaction.
    return "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
