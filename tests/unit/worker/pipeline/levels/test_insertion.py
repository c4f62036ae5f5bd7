"""Speech regions that are found later join the windows of their channel."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_worker.pipeline.levels.insertion import insert
from whisperfarm_worker.pipeline.state import SpeechRegion, Window

Span = tuple[float, float]


def _window(*spans: Span) -> Window:
    regions = tuple(SpeechRegion(*span) for span in spans)
    return Window(start=spans[0][0], end=spans[-1][1], regions=regions)


def _insert(windows: Sequence[Window], *spans: Span, max_s: float = 10.0) -> list[list[Span]]:
    made = insert(windows, [SpeechRegion(*span) for span in spans], max_s=max_s)
    return [[(one.start, one.end) for one in window.regions] for window in made]


@pytest.mark.parametrize(
    ("windows", "span", "expected"),
    [
        ([], (2, 3), [[(2, 3)]]),
        ([_window((0, 2), (6, 8))], (3, 5), [[(0, 2), (3, 5), (6, 8)]]),
        ([_window((0, 2))], (3, 5), [[(0, 2), (3, 5)]]),
        ([_window((4, 6))], (1, 3), [[(1, 3), (4, 6)]]),
        ([_window((0, 9)), _window((20, 22))], (12, 15), [[(0, 9)], [(12, 15), (20, 22)]]),
        ([_window((0, 9)), _window((30, 39))], (15, 19), [[(0, 9)], [(15, 19)], [(30, 39)]]),
        ([_window((0, 9))], (15, 39), [[(0, 9)], [(15, 23)], [(23, 31)], [(31, 39)]]),
    ],
)
def test_region_joins_a_window_or_gets_its_own(
    windows: list[Window], span: Span, expected: list[list[Span]]
) -> None:
    assert _insert(windows, span) == expected


def test_nothing_to_insert_changes_nothing() -> None:
    windows = [_window((0, 2), (6, 8)), _window((12, 15))]
    assert insert(windows, [], max_s=10.0) == windows


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=20))
def test_windows_stay_in_order_and_within_their_maximum(lengths: list[tuple[int, bool]]) -> None:
    spans: dict[bool, list[Span]] = {True: [], False: []}
    start = 0.0
    for length, is_new in lengths:
        spans[is_new].append((start, start + min(length, 10)))
        start += length + 0.5
    made = insert(
        [_window(span) for span in spans[False]],
        [SpeechRegion(*span) for span in spans[True]],
        max_s=10.0,
    )
    assert all(one.end - one.start <= 10.0 for one in made)
    assert all(one.end <= after.start for one, after in pairwise(made))
    kept = [(one.start, one.end) for window in made for one in window.regions]
    assert kept == sorted(spans[True] + spans[False])
