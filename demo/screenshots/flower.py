"""Makes the picture of Flower in docs/how-to/observability.md: `make flower-screenshot`.

Starts a farm with the demo models, submits some calls, and takes a screenshot of the page of tasks
with the system's Chromium.
"""

import sys
import tempfile
from pathlib import Path

from demo.screenshots.browser import opened_browser
from tests.support import flower
from tests.support.farm import Farm, started
from tests.support.flower import PASSWORD, USER, Flower
from tests.support.waiting import until

_CALL = Path(__file__).parents[2] / "samples" / "support-call.wav"
_JOBS, _ENDED = 8, 3
_SIZE = {"width": 1400, "height": 800}


def main(target: Path) -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory(prefix="whisperfarm-screenshot-") as made:
        folder = Path(made)
        data = folder / "data"
        with (
            started(data, log=folder / "farm.log") as farm,
            flower.started(folder, WHISPERFARM_DATA_DIR=str(data)) as page,
        ):
            _work(farm, page)
            _picture(page, target)


def _work(farm: Farm, page: Flower) -> None:
    """Submit jobs, and wait until some have ended while others run."""
    for number in range(_JOBS):
        farm.submit(_CALL, beam_size=1 + number)

    def midway() -> bool:
        states = [task["state"] for task in page.tasks()]
        return states.count("SUCCESS") >= _ENDED and "STARTED" in states

    until(midway, "some jobs to end")


def _picture(page: Flower, target: Path) -> None:
    with opened_browser() as browser:
        login = {"username": USER, "password": PASSWORD}
        tab = browser.new_context(http_credentials=login, viewport=_SIZE).new_page()
        tab.goto(f"{page.url}/tasks")
        tab.wait_for_selector("table tbody tr:nth-child(4)")
        tab.screenshot(path=target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
