"""Makes the pictures of the page for people in docs/how-to: `make page-screenshots`.

Starts a farm with the demo models, submits the sample support call, and takes screenshots of the
list, of a search, of batches, of the overview and of the transcript: light, dark, and as wide as a
phone.
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from playwright.sync_api import Browser

from demo.screenshots.browser import opened_browser
from tests.support.farm import EmbeddedFarm, started
from tests.support.waiting import until

_CALL = Path(__file__).parents[2] / "samples" / "support-call.wav"
_WORD = "account"  # of the call
_BATCH = "archive-november"
_WIDE, _PHONE = {"width": 1000, "height": 620}, {"width": 390, "height": 700}
_PICTURES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "page-light.png": {"viewport": _WIDE, "color_scheme": "light"},
        "page-dark.png": {"viewport": _WIDE, "color_scheme": "dark"},
        "page-phone.png": {"viewport": _PHONE, "color_scheme": "light"},
    }
)

_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "page-jobs.png": "/page/jobs",
        "page-search.png": f"/page/jobs?words={_WORD}#jobs",
        "page-batches.png": "/page/batches",
        "page-overview.png": "/page/overview",
    }
)


def main(folder: Path) -> None:
    """Write the pictures into the folder."""
    with tempfile.TemporaryDirectory(prefix="whisperfarm-screenshot-") as made:
        data = Path(made, "data")
        with started(data, log=Path(made, "farm.log")) as farm, opened_browser() as browser:
            job = farm.submit(_CALL, batch=_BATCH)
            farm.ended(job)
            for name, options in _PICTURES.items():
                _take(browser, f"{farm.url}/page/jobs/{job}", folder / name, options)
            _wait_until_found(farm)
            for name, path in _LISTS.items():
                _take(browser, farm.url + path, folder / name, {"viewport": _WIDE})


def _wait_until_found(farm: EmbeddedFarm) -> None:
    def is_found() -> bool:
        answer = httpx.get(f"{farm.url}/v1/jobs", params={"text": _WORD})
        return bool(answer.json()["jobs"])

    until(is_found, "the call in the index")


def _take(browser: Browser, url: str, target: Path, options: Mapping[str, Any]) -> None:
    tab = browser.new_context(**options).new_page()
    tab.goto(url)
    tab.wait_for_selector("#transcript[data-is-ready=yes], td a, #overview")
    waveform = tab.locator("#waveform")
    if waveform.count():
        waveform.click()  # in the middle
        tab.wait_for_selector(".word.now")
    tab.screenshot(path=target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
