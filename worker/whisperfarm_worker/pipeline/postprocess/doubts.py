"""Warnings about windows whose text is doubtful."""

from collections.abc import Sequence

from whisperfarm_worker.engines.port import Doubt
from whisperfarm_worker.pipeline.state import Window

_MAX_TIMES = 5

_WARNINGS = {
    Doubt.NO_SPEECH: "the speech model found no speech, and text was left out, at {times}",
    Doubt.REPETITION: "a phrase that the speech model repeated in a loop was cut at {times}",
    Doubt.IMPROBABLE: "the text is improbable and may be wrong at {times}",
}


def doubt_warnings(doubts: Sequence[tuple[Window, Doubt | None]]) -> list[str]:
    """Return one warning per kind of doubt, with the times of its windows."""
    return [
        text.format(times=_times([window for window, found in doubts if found is doubt]))
        for doubt, text in _WARNINGS.items()
        if any(found is doubt for _, found in doubts)
    ]


def _times(windows: Sequence[Window]) -> str:
    times = [f"{window.start:.1f} to {window.end:.1f} s" for window in windows[:_MAX_TIMES]]
    more = len(windows) - len(times)
    return ", ".join(times) + (f" and {more} more" if more else "")
