"""Jobs are dispatched for slots that become free soon, and long ones leave some to higher lanes."""

from collections.abc import Mapping

import pytest

from tests.support.queued_jobs import queued_job
from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S, Lane
from whisperfarm_dispatcher.order.queued_job import QueuedJob
from whisperfarm_dispatcher.order.slots import MAX_AHEAD_S, MIN_IN_QUEUE, InFlight, Slots

LIVE, STANDARD, BULK = Lane
FILE_S = 1800.0
NONE: Mapping[Lane, int] = {}


def slots(count: int, *in_flight: InFlight, reserve: Mapping[Lane, int] = NONE) -> Slots:
    return Slots(count, in_flight, objectives=DEFAULT_OBJECTIVES_S, reserve=reserve)


def fill(free: Slots, job: QueuedJob, most: int = 1000) -> int:
    """Dispatch such jobs while they are admitted, and return their number."""
    count = 0
    while count < most and free.admits(job):
        free.add(job)
        count += 1
    return count


def test_broker_has_a_minimum_without_workers() -> None:
    assert fill(slots(0), queued_job(BULK, work_s=FILE_S)) == MIN_IN_QUEUE


def test_broker_has_twice_the_slots_of_short_jobs() -> None:
    assert fill(slots(40), queued_job(work_s=0.1)) == 80


def test_broker_has_only_jobs_that_start_soon() -> None:
    assert fill(slots(2), queued_job(LIVE, work_s=MAX_AHEAD_S + 1)) == 2
    assert fill(slots(2), queued_job(LIVE, work_s=MAX_AHEAD_S - 1)) == 4


def test_running_job_leaves_its_slot_when_its_work_is_done() -> None:
    running = InFlight(lane=LIVE, work_s=60.0, running_s=10.0)
    ending = InFlight(lane=LIVE, work_s=60.0, running_s=58.0)
    late = InFlight(lane=LIVE, work_s=60.0, running_s=600.0)
    job = queued_job(LIVE, work_s=60.0)
    assert [fill(slots(1, one), job) for one in (running, ending, late)] == [0, 1, 1]


def test_dispatched_jobs_hold_slots_too() -> None:
    dispatched = InFlight(lane=LIVE, work_s=60.0)
    assert fill(slots(2, dispatched), queued_job(LIVE, work_s=60.0)) == 1


@pytest.mark.parametrize(("count", "files"), [(1, 1), (2, 1), (4, 1), (8, 5)])
def test_long_files_leave_the_reserve_of_higher_lanes(count: int, files: int) -> None:
    free = slots(count, reserve={LIVE: 2, STANDARD: 1, BULK: 4})
    assert fill(free, queued_job(BULK, work_s=FILE_S)) == files
    assert fill(free, queued_job(LIVE, work_s=FILE_S)) == count - files


def test_long_files_have_all_slots_while_no_higher_lane_is_active() -> None:
    assert fill(slots(8, reserve={BULK: 4}), queued_job(BULK, work_s=FILE_S)) == 8


def test_short_jobs_of_low_lanes_use_the_reserve() -> None:
    free = slots(4, reserve={LIVE: 2})
    fill(free, queued_job(BULK, work_s=FILE_S))
    assert fill(free, queued_job(BULK, work_s=9.0)) == 2


def test_standard_jobs_leave_the_slots_of_live_ones_only() -> None:
    free = slots(8, reserve={LIVE: 2, STANDARD: 3})
    assert fill(free, queued_job(STANDARD, work_s=FILE_S)) == 6
