"""Imports `http.client` without TLS, for a process that may not need it."""

import sys


def import_http_client() -> None:
    """Import `http.client` without `ssl`, whose import takes about a tenth of the start.

    `http.client` needs `ssl` for its `HTTPSConnection` alone, which the client does not use, and
    then lacks that class. So this is for the command, and not for a library in other programs.
    """
    if "ssl" in sys.modules or "http.client" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]  # makes its import fail
    try:
        import http.client  # noqa: F401
    finally:
        del sys.modules["ssl"]
