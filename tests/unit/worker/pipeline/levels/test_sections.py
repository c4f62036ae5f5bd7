"""Long recordings are cut where they are quietest."""

import numpy as np
import pytest

from whisperfarm_worker.pipeline.levels.sections import MAX_SECTION_S, sections
from whisperfarm_worker.pipeline.state import TimeSpan


def _levels(seconds: float, *quiet: float) -> np.ndarray:
    levels = np.full(round(seconds * 50), -20.0, np.float32)
    for at in quiet:
        levels[round(at * 50) : round((at + 2) * 50)] = -60.0
    return levels


@pytest.mark.parametrize("end", [0.0, 0.3, MAX_SECTION_S])
def test_short_recording_is_one_section(end: float) -> None:
    assert list(sections(_levels(end), TimeSpan(0.0, end))) == [TimeSpan(0.0, end)]


def test_sections_end_in_pauses_and_leave_nothing_out() -> None:
    cut = list(sections(_levels(2000, 100, 640, 1250), TimeSpan(0.0, 2000.0)))
    assert [one.start for one in cut] == [0.0, *(one.end for one in cut[:-1])]
    assert [one.end for one in cut] == pytest.approx([640.5, 1250.5, 2000.0])


def test_sound_without_pauses_has_sections_of_bounded_length() -> None:
    cut = list(sections(_levels(7200), TimeSpan(30.0, 7200.0)))
    assert (cut[0].start, cut[-1].end) == (30.0, 7200.0)
    assert max(one.end - one.start for one in cut) <= MAX_SECTION_S
