"""Warnings about doubtful windows."""

from whisperfarm_worker.engines.port import Doubt
from whisperfarm_worker.pipeline.postprocess.doubts import doubt_warnings, recording_warnings
from whisperfarm_worker.pipeline.state import Window, WindowText


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


def _text(start: float, end: float, avg_logprob: float) -> WindowText:
    window = Window(start=start, end=end, regions=())
    return WindowText(window=window, text="hello", avg_logprob=avg_logprob)


def test_probable_recording_gives_no_warning() -> None:
    assert recording_warnings([]) == []
    assert recording_warnings([_text(0, 10, -0.3), _text(10, 11, -2.0)]) == []


def test_improbable_recording_gives_a_warning_with_the_cure() -> None:
    (found,) = recording_warnings([_text(0, 10, -0.8), _text(10, 11, -0.1)])
    assert "-0.74" in found
    assert "sample_rate" in found
