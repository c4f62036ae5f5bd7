"""Waits until a farm is ready, and reports what is missing."""

import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

POLL_INTERVAL_S = 0.2
REPORT_INTERVAL_S = 5.0

_TIMEOUT_S = 5.0
DISPATCHER = "the dispatcher"
"""The failed check if no dispatcher answers."""


def http_url(host: str, port: int) -> str:
    """Return the URL of a dispatcher. An IPv6 address is put into brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def wait_until_ready(
    url: str,
    *,
    print_line: Callable[[str], None],
    should_continue: Callable[[], bool] = lambda: True,
    pause: Callable[[float], object] = time.sleep,
) -> bool:
    """Wait until `/readyz` succeeds. Returns False if `should_continue` returns False before that.

    Calls `print_line` every `REPORT_INTERVAL_S` seconds with the failed checks.
    """
    started = reported = time.monotonic()
    while missing := failed_checks(url):
        if not should_continue():
            return False
        if time.monotonic() - reported >= REPORT_INTERVAL_S:
            reported = time.monotonic()
            print_line(
                f"not ready after {reported - started:.0f} s: waiting for {', '.join(missing)}"
            )
        pause(POLL_INTERVAL_S)
    print_line(f"ready after {time.monotonic() - started:.1f} s: {url}")
    return True


def failed_checks(url: str) -> list[str]:
    """Return the names of the failed checks; `the dispatcher` if it does not answer."""
    try:
        with urlopen(f"{url}/readyz", timeout=_TIMEOUT_S):  # noqa: S310 - the dispatcher, over HTTP
            return []
    except HTTPError as error:
        return _failing(error) or [DISPATCHER]
    except (OSError, HTTPException):
        return [DISPATCHER]


def _failing(response: HTTPError) -> list[str]:
    try:
        checks: dict[str, Any] = json.load(response)["checks"]
    except (OSError, HTTPException, ValueError, TypeError, KeyError):  # cut off, or not a farm
        return []
    return [name for name, check in checks.items() if not check.get("ok", False)]
