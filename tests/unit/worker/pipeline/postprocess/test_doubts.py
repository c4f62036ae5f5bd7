"""Warnings about doubtful windows."""

from whisperfarm_worker.engines.port import Doubt
from whisperfarm_worker.pipeline.postprocess.doubts import doubt_warnings
from whisperfarm_worker.pipeline.state import Window


def _window(start: float) -> Window:
    return Window(start=start, end=start + 1.5, regions=())


def test_no_doubt_gives_no_warning() -> None:
    assert doubt_warnings([(_window(0), None)]) == []


def test_each_kind_of_doubt_gives_one_warning_with_its_times() -> None:
    found = doubt_warnings(
        [
            (_window(0), Doubt.IMPROBABLE),
            (_window(2), None),
            (_window(4), Doubt.REPETITION),
            (_window(6), Doubt.IMPROBABLE),
        ]
    )
    assert len(found) == 2
    assert "4.0 to 5.5 s" in found[0]
    assert "0.0 to 1.5 s, 6.0 to 7.5 s" in found[1]


def test_warning_names_five_times_and_the_number_of_the_others() -> None:
    (found,) = doubt_warnings([(_window(start), Doubt.NO_SPEECH) for start in range(8)])
    assert found.endswith("4.0 to 5.5 s and 3 more")
