"""Every job starts, within a bound that follows from the shares."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.queued_jobs import queued_job, queued_jobs
from whisperfarm_contract.lanes import SHARES, Lane
from whisperfarm_dispatcher.order.fair_order import FairOrder
from whisperfarm_dispatcher.order.queued_job import QueuedJob

LIVE, STANDARD, BULK = Lane

any_job = st.builds(
    queued_job,
    st.sampled_from(Lane),
    tenant=st.sampled_from(("acme", "umbrella", "globex")),
    work_s=st.floats(0.1, 1000.0),
)


def everything(_: QueuedJob) -> bool:
    return True


def at_most(count: int) -> Callable[[QueuedJob], bool]:
    """Return a function that admits the first `count` jobs that it is asked for."""
    left = iter(range(count))
    return lambda _: next(left, None) is not None


def work_s(jobs: list[QueuedJob]) -> float:
    return sum(job.work_s for job in jobs)


def _of(jobs: list[QueuedJob], lane: Lane, tenant: str) -> list[str]:
    return [job.id for job in jobs if (job.lane, job.tenant) == (lane, tenant)]


@given(st.lists(any_job, max_size=60))
def test_every_job_starts_once_in_the_order_of_its_tenant(jobs: list[QueuedJob]) -> None:
    taken = FairOrder().take(jobs, everything)
    assert sorted(job.id for job in taken) == sorted(job.id for job in jobs)
    for lane, tenant in {(job.lane, job.tenant) for job in jobs}:
        ids = [
            [j.id for j in some if (j.lane, j.tenant) == (lane, tenant)] for some in (jobs, taken)
        ]
        assert ids[0] == ids[1]


@given(st.lists(any_job, min_size=1, max_size=60), st.data())
def test_work_before_each_job_is_bounded(jobs: list[QueuedJob], data: st.DataObject) -> None:
    job = data.draw(st.sampled_from(jobs))
    taken = FairOrder().take(jobs, everything)
    before = taken[: taken.index(job)]
    longest_s = max(one.work_s for one in jobs)
    in_lane = [one for one in before if one.lane is job.lane]
    own_s = work_s([one for one in in_lane if one.tenant == job.tenant])
    for tenant in {one.tenant for one in in_lane} - {job.tenant}:
        assert work_s([one for one in in_lane if one.tenant == tenant]) <= own_s + longest_s + 1e-6
    for lane in set(Lane) - {job.lane}:
        share_s = work_s(in_lane) * SHARES[lane] / SHARES[job.lane]
        others = [one for one in before if one.lane is lane]
        assert work_s(others) <= share_s + longest_s + 1e-6


def test_each_lane_has_its_share_of_work_while_all_wait() -> None:
    calls, files = queued_jobs(8000, LIVE, work_s=1.0), queued_jobs(50, BULK, work_s=100.0)
    taken = FairOrder().take([*calls, *files], at_most(6404))
    done = Counter[Lane]()
    for job in taken:
        done[job.lane] += int(job.work_s)
    assert done[LIVE] / done[BULK] == pytest.approx(16, rel=0.1)


def test_tenant_with_ten_thousand_jobs_delays_another_by_one() -> None:
    order, many = FairOrder(), queued_jobs(10_000, work_s=30.0)
    assert order.take(many[:500], at_most(500)) == many[:500]
    single = queued_job(tenant="umbrella", work_s=30.0)
    assert single in order.take([*many[500:], single], at_most(2))


def test_tenants_have_equal_work_and_not_equal_jobs() -> None:
    short, long = queued_jobs(400, work_s=1.0), queued_jobs(40, tenant="umbrella", work_s=10.0)
    taken = FairOrder().take([*long, *short], at_most(110))
    assert Counter(job.tenant for job in taken) == {"acme": 100, "umbrella": 10}


@pytest.mark.parametrize("before", [0, 1, 7, 1000])
def test_live_job_is_next_whatever_waits_in_lower_lanes(before: int) -> None:
    order = FairOrder()
    order.take([*queued_jobs(before), *queued_jobs(before, BULK)], everything)
    live = queued_job(LIVE, tenant="umbrella")
    assert order.take([*queued_jobs(3), *queued_jobs(1000, BULK), live], at_most(1)) == [live]


def test_job_that_is_declined_stays_first() -> None:
    order, [file] = FairOrder(), queued_jobs(1, BULK, work_s=3000.0)
    calls = queued_jobs(200, LIVE)
    assert order.take([*calls, file], lambda job: job.lane is LIVE) == calls
    assert order.take([*queued_jobs(3, LIVE), file], at_most(1)) == [file]
