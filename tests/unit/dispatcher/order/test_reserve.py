"""The reserve of a lane follows its demand."""

from math import ceil

import pytest

from tests.support.queued_jobs import queued_job
from whisperfarm_contract.lanes import Lane
from whisperfarm_dispatcher.order.reserve import ACTIVE_FOR_S, AVERAGED_OVER_S, HEADROOM, Reserve

LIVE, STANDARD, BULK = Lane


@pytest.mark.parametrize(("count", "least"), [(1, 1), (8, 1), (16, 2), (64, 8)])
def test_active_lane_has_a_least_reserve(count: int, least: int) -> None:
    reserve = Reserve()
    reserve.see([LIVE], 0.0)
    assert reserve.slots(count, ACTIVE_FOR_S) == {LIVE: least}
    assert reserve.slots(count, ACTIVE_FOR_S + 1) == {}


def test_reserve_is_a_multiple_of_the_slots_that_were_used() -> None:
    reserve = Reserve()
    for second in range(int(10 * AVERAGED_OVER_S)):
        reserve.see([LIVE, BULK], second)
        reserve.record([queued_job(LIVE, work_s=4.0)], second)
    assert reserve.slots(20, 10 * AVERAGED_OVER_S) == {LIVE: ceil(4 * HEADROOM + 0.01), BULK: 2}


def test_demand_is_forgotten() -> None:
    reserve = Reserve()
    reserve.see([LIVE], 0.0)
    reserve.record([queued_job(LIVE, work_s=AVERAGED_OVER_S * 6)], 0.0)
    before = reserve.slots(8, 0.0)[LIVE]
    reserve.record([], AVERAGED_OVER_S)
    assert before == ceil(6 * HEADROOM)
    assert 1 < reserve.slots(8, AVERAGED_OVER_S)[LIVE] < before
