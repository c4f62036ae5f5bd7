"""Waiting for a farm to be ready, with a word now and then about what it waits for."""

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
    """Whether `/readyz` became green while `goes_on` held; says now and then what is missing."""
    began = spoke = time.monotonic()
    while missing := _missing(url):
        if not goes_on():
            return False
        if time.monotonic() - spoke >= SPEAK_EVERY_S:
            spoke = time.monotonic()
            say(f"getting ready, {spoke - began:.0f} s: waiting for {', '.join(missing)}")
        pause(ASK_EVERY_S)
    say(f"ready after {time.monotonic() - began:.1f} s: {url}")
    return True


def _missing(url: str) -> list[str]:
    """The names of the checks that are not green yet."""
    try:
        with urlopen(f"{url}/readyz", timeout=5):  # noqa: S310 - our own dispatcher, by http
            return []
    except HTTPError as answer:
        return _red(json.load(answer)) or ["the dispatcher"]
    except (URLError, OSError):
        return ["the dispatcher"]


def _red(document: dict[str, Any]) -> list[str]:
    checks = document.get("checks", {})
    return [name for name, check in checks.items() if not check.get("ok", False)]
