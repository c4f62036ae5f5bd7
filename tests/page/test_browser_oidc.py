"""A person signs in at an identity provider of another site, in Chromium."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.page.browser import WAIT_MS, opened
from tests.page.farm import PageFarm
from tests.page.provider import farm_of, started
from tests.servers.ports import free_ports
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.listener import open_listener
from whisperfarm_dispatcher.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:get_jwt_config")]
expect.set_options(timeout=WAIT_MS)


@contextmanager
def served(farm: PageFarm) -> Iterator[None]:
    """Let a dispatcher of the farm listen."""
    settings = farm.deps.settings
    server = Server(create_app(settings, deps=farm.deps))
    with open_listener(settings) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()
            farm.deps.ledger.close()


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in with your organisation's account").click()
    page.get_by_placeholder("sub").fill("ada")
    page.get_by_role("button", name="Authorize", exact=True).click()


def test_person_signs_in_and_out_and_in_again_after_the_session(tmp_path: Path) -> None:
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with started() as issuer, opened() as browser:
        farm = farm_of(issuer, tmp_path, url=url, port=port)
        httpx.put(f"{issuer}/users/ada", json={"tenant": "north", "role": "operator"})
        with served(farm):
            page = browser.new_context().new_page()
            page.set_default_timeout(WAIT_MS)
            page.goto(url)
            sign_in(page)
            page.get_by_role("heading", name="Jobs").wait_for()
            overview = page.get_by_role("link", name="Overview")
            expect(overview).to_be_visible()  # what the role permits
            page.get_by_role("button", name="Sign out").click()
            page.get_by_role("heading", name="Sign in").wait_for()
            sign_in(page)
            page.get_by_role("heading", name="Jobs").wait_for()
            with farm.deps.ledger.database.write() as connection:
                connection.exec_driver_sql("UPDATE sessions SET expires_at = 1")
            overview.click()
            page.get_by_role("heading", name="Sign in").wait_for()
            sign_in(page)
            page.get_by_role("heading", name="Overview").wait_for()
