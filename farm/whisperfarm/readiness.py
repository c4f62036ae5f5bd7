"""Waits until a farm is ready, and reports what is missing."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

POLL_INTERVAL_S = 0.2
REPORT_INTERVAL_S = 5.0


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
    while missing := _missing(url):
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


def _missing(url: str) -> list[str]:
    """Return the names of the failed checks."""
    try:
        with urlopen(f"{url}/readyz", timeout=5):  # noqa: S310 - the farm's dispatcher, over HTTP
            return []
    except HTTPError as error:
        return _failing(json.load(error)) or ["the dispatcher"]
    except (URLError, OSError):
        return ["the dispatcher"]


def _failing(document: dict[str, Any]) -> list[str]:
    checks = document.get("checks", {})
    return [name for name, check in checks.items() if not check.get("ok", False)]
