"""Puts further speech regions into the windows of a channel."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from whisperfarm_worker.pipeline.state import SpeechRegion, Window


def insert(
    windows: Sequence[Window], regions: Iterable[SpeechRegion], *, max_s: float
) -> list[Window]:
    """Return the windows of a channel, in order, with regions that lie outside of theirs added.

    A region within a window joins it. Another one extends the window before it or after it, as far
    as that stays within `max_s` seconds, or gets a window of its own. Longer regions are cut.
    """
    result = list(windows)
    for region in (part for one in regions for part in _parts(one, max_s)):
        result = _insert_one(result, region, max_s)
    return result


def _insert_one(windows: Sequence[Window], region: SpeechRegion, max_s: float) -> list[Window]:
    number = sum(window.start <= region.start for window in windows)
    for near in (number - 1, number):
        if 0 <= near < len(windows):
            extended = _extended(windows[near], region)
            after = windows[near + 1].start if near + 1 < len(windows) else extended.end
            if extended.end - extended.start <= max_s and extended.end <= max(
                after, windows[near].end
            ):
                return [*windows[:near], extended, *windows[near + 1 :]]
    own = Window(start=region.start, end=region.end, regions=(region,))
    return [*windows[:number], own, *windows[number:]]


def _extended(window: Window, region: SpeechRegion) -> Window:
    regions = sorted((*window.regions, region), key=lambda one: one.start)
    return replace(
        window,
        start=min(window.start, region.start),
        end=max(window.end, region.end),
        regions=tuple(regions),
    )


def _parts(region: SpeechRegion, max_s: float) -> list[SpeechRegion]:
    """Return the region in equal parts of at most `max_s` seconds."""
    count = max(int(-(-(region.end - region.start) // max_s)), 1)
    part_s = (region.end - region.start) / count
    return [
        replace(region, start=region.start + n * part_s, end=region.start + (n + 1) * part_s)
        for n in range(count)
    ]
