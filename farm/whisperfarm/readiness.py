"""Waits until a farm is ready, and reports what is missing."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ASK_EVERY_S = 0.2
SPEAK_EVERY_S = 5.0


def wait_until_ready(
    url: str,
    *,
    say: Callable[[str], None],
    goes_on: Callable[[], bool] = lambda: True,
    pause: Callable[[float], object] = time.sleep,
) -> bool:
    """Wait until `/readyz` succeeds. Returns False if `goes_on` returns False before that.

    Calls `say` every `SPEAK_EVERY_S` seconds with the failed checks.
    """
    began = spoke = time.monotonic()
    while missing := _missing(url):
        if not goes_on():
            return False
        if time.monotonic() - spoke >= SPEAK_EVERY_S:
            spoke = time.monotonic()
            say(f"not ready after {spoke - began:.0f} s: waiting for {', '.join(missing)}")
        pause(ASK_EVERY_S)
    say(f"ready after {time.monotonic() - began:.1f} s: {url}")
    return True


def _missing(url: str) -> list[str]:
    """Return the names of the failed checks."""
    try:
        with urlopen(f"{url}/readyz", timeout=5):  # noqa: S310 - the farm's dispatcher, over HTTP
            return []
    except HTTPError as answer:
        return _red(json.load(answer)) or ["the dispatcher"]
    except (URLError, OSError):
        return ["the dispatcher"]


def _red(document: dict[str, Any]) -> list[str]:
    checks = document.get("checks", {})
    return [name for name, check in checks.items() if not check.get("ok", False)]
