"""Windows are cut at pauses, and joined again without a change."""

from whisperfarm_worker.pipeline.languages.parts import cut, join, speech_s
from whisperfarm_worker.pipeline.state import SpeechRegion, Window


def _window(*regions: tuple[float, float]) -> Window:
    start, end = regions[0][0] - 0.1, regions[-1][1] + 0.1
    return Window(start=start, end=end, regions=tuple(SpeechRegion(*one) for one in regions))


def test_each_part_but_the_last_has_enough_speech() -> None:
    window = _window((0, 2), (3, 4), (5, 9), (10, 11))
    assert [speech_s(part) for part in cut(window)] == [3, 4, 1]


def test_parts_start_and_end_with_speech_inside_a_window() -> None:
    first, second = cut(_window((1, 5), (6, 9)))
    assert (first.start, first.end, second.start, second.end) == (0.9, 5, 6, 9.1)


def test_window_without_a_pause_is_one_part() -> None:
    window = _window((0, 30))
    assert cut(window) == [window]


def test_join_inverts_cut() -> None:
    window = _window((0, 3), (4, 8), (9, 14))
    assert join(window, [cut(window)]) == [window]


def test_join_makes_one_window_of_each_run() -> None:
    window = _window((0, 3), (4, 8), (9, 14))
    first, second, third = cut(window)
    joined = join(window, [[first, second], [third]])
    assert [(one.start, one.end) for one in joined] == [(-0.1, 8), (9, 14.1)]
    assert sum(map(speech_s, joined)) == speech_s(window)
