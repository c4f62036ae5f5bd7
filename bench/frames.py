"""`make bench-frames`: the page of a transcript of three hours, read and played in Chromium.

With the name of a document, replaces the table between the two markers in it.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.browser_frames import COUNT_FRAMES, Frames, frames_during
from bench.document import machine, write
from bench.figure import percentile
from bench.long_call import store_long_call
from bench.page_ledger import empty, served
from bench.servers import load
from whisperfarm.markdown import table
from whisperfarm_store.logs import configure_logs

READY = "#transcript[data-is-ready=yes]"
PLAY_MS, TURNS, TURN_PX, TURN_MS = 10_000, 200, 300, 16
LATE_S = 9000
_LOADED = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  ready: performance.now(),
  elements: document.querySelectorAll("*").length,
})"""
_HEAD = ("What", "Frame, median", "p95", "worst", "Script in it, p95", "worst",
        "Style, layout, paint, p95", "worst", "Tasks over 50 ms")  # fmt: skip


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    configure_logs("warning", component="bench")
    before = load()
    with tempfile.TemporaryDirectory() as folder, _long_call(Path(folder)) as (browser, url):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        loaded = _load(page, url)
        frames = {what: frames_during(browser, page, act) for what, act in _acts(page)}
    figures = table(("What", "Measured"), loaded.items())
    rows = table(_HEAD, (_row(what, one) for what, one in frames.items()))
    report = f"{machine()} Load before the run: {before}.\n\n{figures}\n{rows}"
    print(report)
    for document in sys.argv[1:]:
        write(Path(document), report)


@contextmanager
def _long_call(folder: Path) -> Iterator[tuple[Browser, str]]:
    chromium = shutil.which("chromium")
    with (
        empty(f"sqlite:///{folder}/ledger.sqlite", folder) as deps,
        served(deps) as url,
        sync_playwright() as play,
        play.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        job = store_long_call(deps)
        yield browser, f"{url}/page/jobs/{job}"


def _load(page: Page, url: str) -> Mapping[str, str]:
    page.set_default_timeout(60_000)
    page.add_init_script(COUNT_FRAMES)
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    page.goto(url)
    page.locator(READY).wait_for()
    seen = page.evaluate(_LOADED)
    tools.send("HeapProfiler.collectGarbage")
    memory = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return {
        "first paint": f"{seen['paint']:.0f} ms",
        "transcript ready": f"{seen['ready']:.0f} ms",
        "elements": f"{seen['elements']}",
        "nodes of the DOM": f"{memory['Nodes']:.0f}",
        "memory of scripts": f"{memory['JSHeapUsedSize'] / 1e6:.1f} MB",
    }


def _acts(page: Page) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "nothing", lambda: page.wait_for_timeout(PLAY_MS / 3)
    yield "scrolling by the wheel", lambda: _scroll(page)
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("Space")
    page.locator(".word.now").wait_for(state="attached")
    yield "playing", lambda: page.wait_for_timeout(PLAY_MS)
    page.evaluate(f"document.getElementById('audio').currentTime = {LATE_S}")
    yield "playing after 2.5 hours", lambda: page.wait_for_timeout(PLAY_MS)
    yield "playing and scrolling", lambda: _scroll(page)


def _scroll(page: Page) -> None:
    page.mouse.move(640, 600)
    for _ in range(TURNS):
        page.mouse.wheel(0, TURN_PX)
        page.wait_for_timeout(TURN_MS)


def _row(what: str, frames: Frames) -> tuple[str, ...]:
    def ms(values: Any, *percents: int) -> Iterator[str]:
        yield from (f"{percentile(values, one):.1f} ms" for one in percents)
        yield f"{max(values):.1f} ms"

    return (
        what,
        *ms(frames.frame_ms, 50, 95),
        *ms(frames.script_ms, 95),
        *ms(frames.rendering_ms, 95),
        str(len(frames.long_ms)),
    )


if __name__ == "__main__":
    main()
