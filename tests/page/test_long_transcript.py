"""A transcript of thousands of words in a browser. The dispatcher answers in this process."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from starlette.testclient import TestClient

from tests.page.browser import WAIT_MS, opened
from tests.page.farm import OWN, URL, PageFarm
from tests.support.recordings import wav
from whisperfarm_contract.identifiers import result_key
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_dispatcher.app import create_app

pytestmark = pytest.mark.slow
expect.set_options(timeout=WAIT_MS)

SEGMENTS, WORDS, WORD_S = 1000, 10, 0.01
LENGTH_S = SEGMENTS * WORDS * WORD_S
RECORD_CHANGES = """() => {
  window.changes = [];
  const name = (one) => `${one.type} of a ${one.target.localName}`;
  const record = (all) => changes.push(...all.map(name));
  const kinds = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(record).observe(document.getElementById("transcript"), kinds);
}"""


def long_transcript() -> Transcript:
    coverage = Coverage(audio_s=LENGTH_S)
    segments = tuple(segment(number) for number in range(SEGMENTS))
    return Transcript(language="en", model="demo", segments=segments, coverage=coverage)


def segment(number: int) -> Segment:
    words = tuple(
        Word(text=f"w{place}", start=place * WORD_S, end=(place + 1) * WORD_S)
        for place in range(number * WORDS, (number + 1) * WORDS)
    )
    text = " ".join(one.text for one in words)
    return Segment(start=words[0].start, end=words[-1].end, text=text, words=words)


async def make_job(farm: PageFarm) -> str:
    browser = await farm.signed_in()
    recording = wav(seconds=LENGTH_S, rate_hz=4000)
    answer = await browser.post(
        "/v1/jobs", content=recording, headers={**OWN, "Content-Type": "audio/wav"}
    )
    job = str(answer.json()["id"])
    farm.succeed(job)
    content = json.dumps(long_transcript().to_wire()).encode()
    farm.deps.blobs.put(result_key("north", job, 1), content)
    return job


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Show the transcript to a person."""
    farm = PageFarm(tmp_path_factory.mktemp("farm"))
    job = asyncio.run(make_job(farm))
    app = create_app(farm.deps.settings, deps=farm.deps)
    client = TestClient(app, base_url=URL, headers={"X-API-Key": farm.key()[1]})

    def answer(route: Route) -> None:
        asked = route.request
        sent = client.request(
            asked.method, asked.url, headers=asked.headers, content=asked.post_data
        )
        route.fulfill(status=sent.status_code, headers=dict(sent.headers), body=sent.content)

    with opened() as browser:
        shown = browser.new_page(viewport={"width": 1000, "height": 700})
        shown.set_default_timeout(WAIT_MS)
        shown.route("**/*", answer)
        shown.goto(f"{URL}/page/jobs/{job}")
        shown.locator("#transcript[data-is-ready=yes]").wait_for()
        yield shown
    farm.deps.ledger.close()


def test_words_near_the_view_alone_are_elements(page: Page) -> None:
    first, last = page.locator(".segment").first, page.locator(".segment").last
    now = page.locator(".word.now")
    expect(first.locator(".word")).to_have_count(WORDS)
    expect(now).to_have_text("w0")
    page.evaluate(RECORD_CHANGES)
    page.keyboard.press("ArrowRight")
    expect(now).to_have_text("w1")
    assert page.evaluate("changes") == ["attributes of a span"] * 2
    last.scroll_into_view_if_needed()
    expect(last.locator(".word")).to_have_count(WORDS)
    expect(first.locator(".word")).to_have_count(0)
    expect(first.locator(".text")).to_have_text(segment(0).text)
    assert page.locator(".segment").count() == SEGMENTS
    assert page.locator(".word").count() < SEGMENTS * WORDS / 4
    first.scroll_into_view_if_needed()
    expect(now).to_have_text("w1")


def test_words_have_no_listeners_of_their_own(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    page.locator(".segment .word").first.wait_for()
    for selector, expected in (
        (".segment .word", 0),
        (".segment", 0),
        (".part", 0),
        ("#transcript", 3),
    ):
        found = tools.send(
            "Runtime.evaluate", {"expression": f"document.querySelector('{selector}')"}
        )
        listeners = tools.send(
            "DOMDebugger.getEventListeners", {"objectId": found["result"]["objectId"]}
        )
        assert len(listeners["listeners"]) == expected, selector


def correct(page: Page, number: int, text: str) -> None:
    page.locator(".segment").nth(number).locator(".word").first.click()
    page.keyboard.press("e")
    page.get_by_label("Text of the segment").fill(text)
    page.keyboard.press("Enter")


def test_key_corrects_the_segment_that_was_corrected_before(page: Page) -> None:
    row = page.locator(".segment").nth(7)
    correct(page, 7, "corrected")
    expect(row).to_be_focused()
    expect(row.locator(".text")).to_have_class("text now")
    page.keyboard.press("e")
    expect(row.get_by_label("Text of the segment")).to_have_value("corrected")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    row.locator(".text").click()
    expect(row.locator(".text")).to_have_class("text now")
    page.get_by_role("button", name="Undo").click()
    expect(row.locator(".text")).to_have_text(segment(7).text)
    expect(page.get_by_role("button", name="Save corrections")).to_be_disabled()


def test_segments_are_chosen_and_corrected_without_sound(page: Page) -> None:
    page.evaluate("document.getElementById('audio').removeAttribute('src')")
    page.evaluate("document.getElementById('audio').load()")
    correct(page, 5, "silent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    expect(page.locator(".segment").nth(6).get_by_label("Text of the segment")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    page.reload()


def test_found_words_lead_to_their_segment(page: Page) -> None:
    page.goto(f"{page.url}?find=w50* W5003")
    row = page.locator(".segment").nth(500)
    expect(row.locator(".word.now")).to_have_text("w5000")
    expect(row).to_be_in_viewport()
