"""Search, batches and the overview in a browser, in dark colours and on a phone, and texts that run
from right to left."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.page.browser import WAIT_MS, opened, sign_in
from tests.support.farm import EmbeddedFarm, started
from tests.support.project import ROOT
from tests.support.waiting import until
from whisperfarm_store.ledger import KeyGrant, Ledger, Pause, open_ledger

pytestmark = pytest.mark.slow
expect.set_options(timeout=WAIT_MS)

CALL = ROOT / "samples" / "support-call.wav"
NAME = "مكالمة الدعم (1).wav"
ARABIC = "مرحبا بكم 42"
FIRST = {"batch": "night", "wait": "60", "format": "json"}
RETRIED = {
    "state": "queued",
    "available_at": "2999-01-01T00:00:00Z",
    "problem": {"detail": "The worker died."},
}
LONG_NAME = f"{'a' * 236}.wav"
ENDED = (
    "Your session has ended. Sign in in another tab, then save again:"
    " your corrections are kept here."
)
LOOKS = (("light", 1000), ("dark", 390))


@dataclass(frozen=True)
class Archive:
    """A farm with one job in a batch, its ledger, and a browser."""

    farm: EmbeddedFarm
    ledger: Ledger
    browser: Browser
    job: str

    def person(self, role: str = "admin") -> tuple[Page, str]:
        """Return the page of a person who has just signed in, and the id of the key."""
        key_id, text = self.key(role)
        return sign_in(self.browser, self.farm.url, text)[0], key_id

    def key(self, role: str) -> tuple[str, str]:
        """Return the id and the text of another key."""
        created, key = self.ledger.api_keys.create(KeyGrant(tenant="north", role=role))
        return created.id, key.text


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("archive")
    with (
        started(folder / "data", log=folder / "log", WHISPERFARM_REQUIRE_KEY="true") as farm,
        opened() as browser,
    ):
        ledger = open_ledger(f"sqlite:///{folder / 'data' / 'ledger.sqlite'}")
        yield Archive(farm, ledger, browser, _submit(farm, ledger, **FIRST))
        ledger.close()


def _submit(farm: EmbeddedFarm, ledger: Ledger, **options: str) -> str:
    key = ledger.api_keys.create(KeyGrant(tenant="north", role="admin"))[1].text
    answer = httpx.post(
        f"{farm.url}/v1/jobs",
        params={"filename": NAME, **options},
        content=CALL.read_bytes(),
        headers={"Content-Type": "audio/wav", "X-API-Key": key},
        timeout=90,
    )
    assert answer.is_success, answer.text
    return ledger.jobs.list_for_tenant("north")[0].id


def correct(page: Page, archive: Archive, text: str) -> None:
    page.goto(f"{archive.farm.url}/page/jobs/{archive.job}")
    page.locator("#transcript[data-is-ready=yes]").wait_for()
    page.locator(".text").first.dblclick()
    page.get_by_label("Text of the segment").fill(text)
    page.get_by_label("Text of the segment").press("Enter")
    page.get_by_role("button", name="Save corrections").click()
    page.locator("#save:disabled").wait_for()


def test_text_from_right_to_left_is_isolated_and_found(archive: Archive) -> None:
    page, _ = archive.person()
    correct(page, archive, ARABIC)
    expect(page.locator(".text").first).to_have_css("direction", "rtl")
    expect(page.locator(".text").nth(1)).to_have_css("direction", "ltr")
    expect(page.locator("h1 bdi")).to_have_text(NAME)
    found = page.locator(".excerpt mark")

    def search() -> bool:
        page.goto(f"{archive.farm.url}/page/jobs")
        page.get_by_label("Words of the transcript").fill("مرحبا")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("heading", name="Jobs").wait_for()
        return found.count() > 0

    until(search, "the corrected text in the index")
    expect(found).to_have_text("مرحبا")
    expect(page.locator(".excerpt")).to_have_css("direction", "rtl")


@pytest.mark.parametrize(("colours", "width"), LOOKS)
def test_pages_are_accessible_and_fit(archive: Archive, colours: str, width: int) -> None:
    page, _ = archive.person()
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    for path in (
        *("jobs", "jobs?words=hello", "batches", "batches/batch?id=night", "overview"),
        f"jobs/{archive.job}",
    ):
        page.goto(f"{archive.farm.url}/page/{path}")
        assert_accessible(page)
    page.goto(f"{archive.farm.url}/page/jobs")
    refused = {"name": LONG_NAME, "mimeType": "audio/wav", "buffer": b"no sound"}
    page.locator("#files").set_input_files(refused)
    page.locator("#uploads").get_by_text("this is not a recording").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key or token").wait_for()
    assert_accessible(page)


def assert_accessible(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, (page.url, results.generate_report())
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, page.url


def test_open_list_shows_jobs_of_others(archive: Archive) -> None:
    page, _ = archive.person()
    rows = page.locator("tr[data-state=succeeded]")
    count = rows.count()
    _submit(archive.farm, archive.ledger)
    expect(rows).to_have_count(count + 1)


def test_queued_job_says_what_it_waits_for(archive: Archive) -> None:
    page, _ = archive.person()
    archive.ledger.pauses.set(Pause(accept=False))
    _submit(archive.farm, archive.ledger)
    job = _submit(archive.farm, archive.ledger)
    page.goto(f"{archive.farm.url}/page/jobs/{job}")
    expect(page.locator("#status")).to_contain_text("queued: waiting for a worker; 1 job is ahead")
    describe = "job => import('/page/files/follow.js').then((file) => file.describe(job))"
    text = page.evaluate(describe, RETRIED)
    assert text.startswith("queued: waiting until ")
    assert text.endswith(" for its next attempt: The worker died.")
    archive.ledger.pauses.end()
    page.locator("#transcript[data-is-ready=yes]").wait_for()


def test_revoked_session_keeps_corrections_and_says_so(archive: Archive) -> None:
    page, key = archive.person("analyst")
    page.goto(f"{archive.farm.url}/page/jobs/{archive.job}")
    page.locator("#transcript[data-is-ready=yes]").wait_for()
    page.locator(".text").nth(1).dblclick()
    page.get_by_label("Text of the segment").fill("not saved")
    page.get_by_label("Text of the segment").press("Enter")
    archive.ledger.api_keys.revoke(key)
    until(lambda: _is_refused(page), "a refused request")
    page.get_by_role("button", name="Save corrections").click()
    expect(page.locator("#message")).to_have_text(ENDED)
    with page.expect_popup() as opened_tab:
        page.get_by_role("link", name="Sign in in another tab").click()
    tab = opened_tab.value
    tab.get_by_label("API key or token").fill(archive.key("analyst")[1])
    tab.get_by_role("button", name="Sign in").click()
    tab.locator("#transcript[data-is-ready=yes]").wait_for()
    page.get_by_role("button", name="Save corrections").click()
    page.locator("#save:disabled").wait_for()
    expect(page.locator(".text").nth(1)).to_contain_text("not saved")


def _is_refused(page: Page) -> bool:
    return int(page.evaluate("fetch('/v1/jobs').then((answer) => answer.status)")) == 401


def test_list_of_a_revoked_session_leads_to_the_sign_in(archive: Archive) -> None:
    page, key = archive.person("operator")
    page.goto(f"{archive.farm.url}/page/overview")
    archive.ledger.api_keys.revoke(key)
    page.get_by_label("API key or token").wait_for()  # the overview is renewed every few seconds
