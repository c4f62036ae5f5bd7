"""The system's Chromium, for pictures of pages."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_FIT_FOR_CONTAINERS = ["--no-sandbox", "--disable-dev-shm-usage"]


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Run Chromium. Exits with a message if it is not installed."""
    chromium = shutil.which("chromium") or sys.exit("chromium is missing: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=_FIT_FOR_CONTAINERS)
        yield browser
        browser.close()
