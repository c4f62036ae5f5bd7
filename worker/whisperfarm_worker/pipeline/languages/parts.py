"""Cuts windows into parts between which the language may change, and joins parts again."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_worker.pipeline.state import SpeechRegion, Window

MIN_PART_S = 3.0
"""Speech that a part has at least, unless its window ends: detection on less is unreliable."""


def speech_s(window: Window) -> float:
    """Return the seconds of speech in a window."""
    return sum(region.end - region.start for region in window.regions)


def cut(window: Window) -> list[Window]:
    """Cut a window at its pauses, so that each part but the last has `MIN_PART_S` of speech."""
    groups: list[list[SpeechRegion]] = [[]]
    for region in window.regions:
        if sum(one.end - one.start for one in groups[-1]) >= MIN_PART_S:
            groups.append([])
        groups[-1].append(region)
    return _cut_at(window, groups)


def join(window: Window, runs: Sequence[Sequence[Window]]) -> list[Window]:
    """Return the window in one piece for each run of its parts."""
    return _cut_at(window, [[region for part in run for region in part.regions] for run in runs])


def _cut_at(window: Window, groups: Sequence[Sequence[SpeechRegion]]) -> list[Window]:
    """Return a window for each group of regions. The outer ends are those of the whole window."""
    last = len(groups) - 1
    return [
        replace(
            window,
            start=group[0].start if number else window.start,
            end=group[-1].end if number < last else window.end,
            regions=tuple(group),
        )
        for number, group in enumerate(groups)
    ]
