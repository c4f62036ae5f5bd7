"""Windows without the spans that were suppressed."""

import pytest

from tests.unit.worker.pipeline.crosstalk.conftest import window
from whisperfarm_worker.pipeline.crosstalk.cut import cut
from whisperfarm_worker.pipeline.state import TimeSpan, Window

WINDOW = window(1, (1.0, 3.0), (3.5, 6.0))


@pytest.mark.parametrize(
    ("spans", "parts"),
    [
        ([(1.0, 3.0)], [window(1, (3.5, 6.0))]),
        ([(4.0, 5.0)], [window(1, (1.0, 3.0), (3.5, 4.0)), window(1, (5.0, 6.0))]),
        ([(0.0, 1.5), (5.5, 7.0)], [window(1, (1.5, 3.0), (3.5, 5.5))]),
        ([(1.0, 3.0), (3.5, 6.0)], []),
        ([(1.05, 6.0)], []),
    ],
)
def test_window_is_cut_at_each_span(spans: list[tuple[float, float]], parts: list[Window]) -> None:
    assert cut(WINDOW, [TimeSpan(*span) for span in spans]) == parts


def test_window_that_no_span_touches_is_the_same() -> None:
    assert cut(WINDOW, [TimeSpan(0.0, 1.0), TimeSpan(6.0, 7.0)])[0] is WINDOW
