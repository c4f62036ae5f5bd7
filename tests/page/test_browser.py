"""From sign-in to a corrected, approved and downloaded transcript, in a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.page.browser import WAIT_MS, opened, sign_in
from tests.support.farm import EmbeddedFarm, started
from tests.support.project import ROOT
from tests.support.waiting import until
from whisperfarm_store.ledger import KeyGrant, Ledger, open_ledger

pytestmark = pytest.mark.slow
expect.set_options(timeout=WAIT_MS)

CALL = ROOT / "samples" / "support-call.wav"
ANSWERED = "#save:disabled, #message:not([hidden])"
READY = "#transcript[data-is-ready=yes]"


@dataclass(frozen=True)
class Office:
    """A farm that requires keys, its ledger, and a browser."""

    farm: EmbeddedFarm
    ledger: Ledger
    browser: Browser

    def person(self, role: str) -> tuple[Page, list[str]]:
        """Return the page of a person who has just signed in."""
        key = self.ledger.api_keys.create(KeyGrant(tenant="north", role=role))[1].text
        return sign_in(self.browser, self.farm.url, key)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("page")
    with (
        started(folder / "data", log=folder / "log", WHISPERFARM_REQUIRE_KEY="true") as farm,
        opened() as browser,
    ):
        ledger = open_ledger(f"sqlite:///{folder / 'data' / 'ledger.sqlite'}")
        yield Office(farm, ledger, browser)
        ledger.close()


@pytest.fixture(scope="module")
def uploaded(office: Office) -> str:
    """Upload a recording as a person who may. Returns the path of its page."""
    page, recorded = office.person("admin")
    assert_accessible(page)
    page.locator("#files").set_input_files(CALL)
    page.locator("tr[data-state=succeeded]").wait_for()
    link = page.get_by_role("link", name=CALL.name)
    path = str(link.get_attribute("href")).replace("../", "/")
    assert_own_requests(office, recorded)
    page.context.close()
    return path


def assert_own_requests(office: Office, recorded: list[str]) -> None:
    assert [one for one in recorded if not one.startswith((office.farm.url, "blob:"))] == []


def assert_accessible(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def visit(page: Page, office: Office, path: str) -> None:
    page.goto(office.farm.url + path)
    page.locator(READY).wait_for()


def test_analyst_plays_and_corrects_by_mouse(office: Office, uploaded: str) -> None:
    page, recorded = office.person("analyst")
    visit(page, office, uploaded)
    assert_accessible(page)
    word = page.locator(".word").nth(3)
    word.click()
    expect(word).to_have_class("word now")
    page.locator(".text").first.dblclick()
    page.get_by_label("Text of the segment").fill("good <b>evening</b>")
    page.get_by_label("Text of the segment").press("Enter")
    page.get_by_role("button", name="Save corrections").click()
    expect(page.locator("#status")).to_contain_text("Revision 2, corrected")
    expect(page.locator(".text").first).to_have_text("good <b>evening</b> ")
    assert page.get_by_role("button", name="Approve").count() == 0
    assert_own_requests(office, recorded)


def test_waveform_is_a_slider_of_the_position(office: Office, uploaded: str) -> None:
    page, recorded = office.person("analyst")
    visit(page, office, uploaded)
    slider = page.get_by_role("slider", name="Position in the recording")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    assert_accessible(page)
    end_s = int(str(slider.get_attribute("aria-valuemax")))
    slider.click()  # in the middle
    expect(slider).to_have_attribute("aria-valuenow", re.compile(f"^{end_s // 2}$"))
    expect(page.locator(".word.now")).to_have_count(1)
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuenow", str(end_s))
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0:\d\d:\d\d of 0:\d\d:\d\d$"))
    assert_own_requests(office, recorded)


def test_supervisor_corrects_by_keyboard_approves_and_downloads(
    office: Office, uploaded: str, tmp_path: Path
) -> None:
    page, _ = office.person("supervisor")
    visit(page, office, uploaded)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    page.get_by_label("Name of the speaker").fill("Ada")
    page.keyboard.press("Enter")
    expect(page.locator(".segment").nth(1)).to_be_focused()
    expect(page.locator(".name", has_text="Ada").first).to_be_visible()
    save, approve = (page.get_by_role("button", name=name) for name in ("Save", "Approve"))
    assert right_of(save) < left_of(approve)
    save.click()
    expect(page.locator("#status")).to_contain_text("Revision 3, corrected")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#status")).to_contain_text("approved")
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as started_download:
        page.get_by_role("link", name="json", exact=True).click()
    target = tmp_path / "call.json"
    started_download.value.save_as(target)
    assert "Ada" in target.read_text()


def left_of(button: Locator) -> float:
    return float(button.evaluate("one => one.getBoundingClientRect().left"))


def right_of(button: Locator) -> float:
    return float(button.evaluate("one => one.getBoundingClientRect().right"))


def test_speakers_are_renamed_in_one_segment_and_merged_when_confirmed(
    office: Office, uploaded: str
) -> None:
    page, _ = office.person("analyst")
    visit(page, office, uploaded)
    names = page.locator(".name")
    before = names.all_text_contents()
    other = next(name for name in before if name != before[0])

    def rename(to: str, *, is_everywhere: bool) -> None:
        names.first.click()
        page.get_by_label("this segment only").set_checked(not is_everywhere)
        page.get_by_label("Name of the speaker").fill(to)
        page.get_by_label("Name of the speaker").press("Enter")

    questions: list[str] = []
    page.once("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    rename(other, is_everywhere=True)
    expect(names).to_have_text(before)
    assert questions[0].startswith(f"{other} is the name of another speaker.")
    rename(other, is_everywhere=False)
    expect(names).to_have_text([other, *before[1:]])
    page.get_by_role("button", name="Undo").click()
    page.once("dialog", lambda dialog: dialog.accept())
    rename(other, is_everywhere=True)
    expect(names).to_have_text([other if name == before[0] else name for name in before])
    page.get_by_role("button", name="Undo").click()
    expect(names).to_have_text(before)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    rename("Grace", is_everywhere=False)
    page.get_by_role("button", name="Save corrections").click()
    page.locator("#save:disabled").wait_for()
    expect(names).to_have_text(["Grace", *before[1:]])


def test_second_correction_of_one_revision_is_offered_the_newest(
    office: Office, uploaded: str
) -> None:
    first, second = office.person("analyst")[0], office.person("analyst")[0]
    for page in (first, second):
        visit(page, office, uploaded)
    for page, number in ((first, 2), (second, 3)):
        page.locator(".text").nth(number).dblclick()
        page.get_by_label("Text of the segment").fill(f"words of {number}")
        page.get_by_label("Text of the segment").press("Enter")
        page.get_by_role("button", name="Save corrections").click()
        page.locator(ANSWERED).first.wait_for()
    expect(second.locator("#message")).to_contain_text("saved revision")
    second.get_by_role("button", name="Apply mine").click()
    expect(second.locator("#message")).to_be_hidden()
    expect(second.locator(".text").nth(2)).to_contain_text("words of 2")
    expect(second.locator(".text").nth(3)).to_contain_text("words of 3")


def test_correction_outlives_a_restart_of_the_dispatcher(office: Office, uploaded: str) -> None:
    page, _ = office.person("analyst")
    visit(page, office, uploaded)
    page.locator(".text").nth(4).dblclick()
    page.get_by_label("Text of the segment").fill("after the restart")
    page.get_by_label("Text of the segment").press("Enter")
    office.farm.kill("dispatcher")
    office.farm.ready()
    save = page.get_by_role("button", name="Save corrections")

    def is_saved() -> bool:
        save.click()
        page.locator(ANSWERED).first.wait_for()
        return save.is_disabled()

    until(is_saved, "a saved correction")
    expect(page.locator(".text").nth(4)).to_contain_text("after the restart")
