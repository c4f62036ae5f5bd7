"""Chromium, opened by a person whose requests are recorded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FIT_FOR_CONTAINERS = ["--no-sandbox", "--disable-dev-shm-usage"]
WAIT_MS = 60_000


@contextmanager
def opened() -> Iterator[Browser]:
    """Run the Chromium of the system."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is missing: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FIT_FOR_CONTAINERS)
        yield browser
        browser.close()


def sign_in(browser: Browser, url: str, key: str) -> tuple[Page, list[str]]:
    """Return the list of jobs of a person, and the addresses and errors that the tab records."""
    page = browser.new_context().new_page()
    page.set_default_timeout(WAIT_MS)
    recorded: list[str] = []
    page.on("request", lambda request: recorded.append(request.url))
    page.on("pageerror", lambda error: recorded.append(str(error)))
    page.goto(url)
    page.get_by_label("API key or token").fill(key)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Jobs").wait_for()
    return page, recorded
