"""Windows without the spans that were suppressed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from whisperfarm_worker.pipeline.state import SpeechRegion, TimeSpan, Window

_MIN_REGION_S = 0.1
"""A shorter rest of a region is dropped, as voice activity detection does."""


def cut(window: Window, spans: Sequence[TimeSpan]) -> list[Window]:
    """Return what remains of a window: itself, or one window between each two of its spans.

    `spans` are in order and do not overlap. A window that none of them touches is the same object.
    """
    inside = [one for one in spans if one.start < window.end and one.end > window.start]
    if not inside:
        return [window]
    starts = [window.start, *(one.end for one in inside)]
    ends = [*(one.start for one in inside), window.end]
    parts = (_part(window, start, end) for start, end in zip(starts, ends, strict=True))
    return [part for part in parts if part is not None]


def _part(window: Window, start: float, end: float) -> Window | None:
    regions = tuple(_clip(window.regions, start, end))
    if not regions:
        return None
    return replace(window, start=regions[0].start, end=regions[-1].end, regions=regions)


def _clip(regions: Sequence[SpeechRegion], start: float, end: float) -> Iterator[SpeechRegion]:
    for one in regions:
        clipped = replace(one, start=max(one.start, start), end=min(one.end, end))
        if clipped.end - clipped.start >= _MIN_REGION_S:
            yield clipped
