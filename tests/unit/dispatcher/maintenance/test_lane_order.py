"""Jobs of all lanes start in a fair order, whatever the number of those that wait."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.lanes import SHARES, Lane, max_overtaking
from whisperfarm_dispatcher.maintenance.lane_order import LaneOrder

LIVE, STANDARD, BULK = Lane


def waiting(lane: Lane, count: int) -> list[Job]:
    return [replace(new_job(), policy=JobPolicy(lane=lane)) for _ in range(count)]


def lanes(jobs: list[Job]) -> list[str]:
    return [job.policy.lane for job in jobs]


def test_jobs_of_one_lane_start_in_their_order() -> None:
    jobs = waiting(STANDARD, 5)
    order = LaneOrder()
    assert order.take(jobs, 3) == jobs[:3]
    assert order.take(jobs[3:], 3) == jobs[3:]
    assert order.take([], 3) == []


def test_each_lane_has_its_share_while_all_wait() -> None:
    everything = [job for lane in Lane for job in waiting(lane, 100)]
    cycle = sum(SHARES.values())
    taken = lanes(LaneOrder().take(everything, 3 * cycle))
    assert taken[0] == LIVE
    for start in (0, cycle, 2 * cycle):
        assert Counter(taken[start : start + cycle]) == SHARES


@pytest.mark.parametrize("before", [0, 1, 7, 1000])
def test_live_job_is_next_whatever_waits_in_lower_lanes(before: int) -> None:
    order = LaneOrder()
    for _ in range(before):
        order.take([*waiting(STANDARD, 1), *waiting(BULK, 1)], 1)
    [live] = waiting(LIVE, 1)
    assert order.take([live, *waiting(STANDARD, 3), *waiting(BULK, 10_000)], 1) == [live]


def test_bulk_job_starts_within_its_turn_under_a_flood_of_live_jobs() -> None:
    order, bulk = LaneOrder(), waiting(BULK, 2)
    turns: list[int] = []
    for turn in range(1, 100):
        [taken] = order.take([*waiting(LIVE, 50), *bulk], 1)
        if taken in bulk:
            bulk.remove(taken)
            turns.append(turn)
    assert turns == [17, 34]


def test_lane_that_was_empty_saves_up_no_turns() -> None:
    order = LaneOrder()
    order.take(waiting(LIVE, 1600), 1599)
    taken = lanes(order.take([*waiting(LIVE, 50), *waiting(BULK, 50)], 20))
    assert taken.count(BULK) == 1
    assert taken[:16] == [LIVE] * 16


@pytest.mark.parametrize("older", [0, 3, 4, 15, 16, 40])
@pytest.mark.parametrize("lane", list(Lane))
def test_jobs_that_overtake_are_counted_in_advance(lane: Lane, older: int) -> None:
    own = waiting(lane, older + 1)
    others = [job for other in Lane if other is not lane for job in waiting(other, 1000)]
    taken = LaneOrder().take([*own, *others], 3000)
    before = Counter(lanes(taken[: taken.index(own[-1])]))
    assert before == {
        **({lane: older} if older else {}),
        **{
            other: count
            for other in Lane
            if other is not lane and (count := max_overtaking(lane, older, other))
        },
    }
