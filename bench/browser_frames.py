"""The frames of a page in Chromium, read from a trace of its main thread."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser, Page

COUNT_FRAMES = "(function countFrame() { requestAnimationFrame(countFrame) })()"
"""Script that must run in the page before all others."""

OWN_SCRIPTS = "/page/files/"
_CATEGORIES = ["devtools.timeline", "toplevel"]
_RENDERING = frozenset({"UpdateLayoutTree", "Layout", "PrePaint", "Paint", "Layerize", "Commit"})
_LONG_MS = 50.0
_Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Milliseconds: of each frame by the clock, and in each of CPU time of the page's scripts, and
    of style, layout and paint. `long_ms` are tasks of 50 ms and more."""

    frame_ms: Sequence[float]
    script_ms: Sequence[float]
    rendering_ms: Sequence[float]
    long_ms: Sequence[float]


def frames_during(browser: Browser, page: Page, act: Callable[[], object]) -> Frames:
    """Return the frames that the page made while `act` ran."""
    browser.start_tracing(page=page, categories=_CATEGORIES)
    act()
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    [counted] = {(e["pid"], e["tid"]) for e in _calls(trace) if _function(e) == "countFrame"}
    events = [e for e in trace if (e["pid"], e["tid"]) == counted and e.get("ph") == "X"]
    starts = sorted(e["ts"] for e in _calls(events) if _function(e) == "countFrame")
    own = [e for e in _calls(events) if OWN_SCRIPTS in e["args"]["data"].get("url", "")]
    return Frames(
        frame_ms=[(end - start) / 1000 for start, end in pairwise(starts)],
        script_ms=_by_frame(own, starts),
        rendering_ms=_by_frame((e for e in events if e["name"] in _RENDERING), starts),
        long_ms=[e["dur"] / 1000 for e in events if _is_long(e)],
    )


def _calls(events: Sequence[_Event]) -> Iterator[_Event]:
    return (e for e in events if e["name"] == "FunctionCall" and "data" in e.get("args", {}))


def _function(event: _Event) -> str:
    return str(event["args"]["data"].get("functionName", ""))


def _is_long(event: _Event) -> bool:
    return bool(event["name"].endswith("::RunTask") and event["dur"] >= 1000 * _LONG_MS)


def _by_frame(
    events: "Iterator[_Event] | Sequence[_Event]", starts: Sequence[float]
) -> list[float]:
    sums = [0.0] * len(starts)
    for event in events:
        if frame := bisect_right(starts, event["ts"]):
            sums[frame - 1] += event.get("tdur", event["dur"]) / 1000
    return sums
