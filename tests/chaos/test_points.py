"""The table of points speaks of functions that are there."""

import pytest

from tests.chaos import injection
from tests.chaos.points import POINTS


@pytest.mark.parametrize("name", POINTS)
def test_every_crash_point_names_a_function(name: str) -> None:
    assert callable(injection.find(POINTS[name].target).function)


def test_both_parts_have_points_before_and_after() -> None:
    kinds = {(point.part, point.moment) for point in POINTS.values()}
    assert len(kinds) == 4
    assert len(POINTS) >= 20


def test_missing_function_of_a_point_is_noticed() -> None:
    with pytest.raises(AttributeError):
        injection.find("whisperfarm_store.ledger.ledger:Ledger.no_such_call")
