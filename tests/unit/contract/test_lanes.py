import pytest

from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S, SHARES, Lane, read_objectives
from whisperfarm_contract.problems import InvalidSettings


def test_shares_fall_and_objectives_rise_from_lane_to_lane() -> None:
    assert list(SHARES) == list(DEFAULT_OBJECTIVES_S) == list(Lane)
    assert sorted(SHARES.values(), reverse=True) == list(SHARES.values())
    assert sorted(DEFAULT_OBJECTIVES_S.values()) == list(DEFAULT_OBJECTIVES_S.values())


def test_objectives_that_are_not_named_have_their_default() -> None:
    assert read_objectives(["live = 2.5"]) == {**DEFAULT_OBJECTIVES_S, Lane.LIVE: 2.5}


@pytest.mark.parametrize("entry", ["live", "fast=10", "live=soon", "live=0", "live=inf", "10"])
def test_unreadable_objective_is_refused(entry: str) -> None:
    with pytest.raises(InvalidSettings, match=f"WHISPERFARM_LANE_OBJECTIVES: '{entry}'"):
        read_objectives([entry])
