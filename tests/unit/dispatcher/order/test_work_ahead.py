"""The work before a job follows from the shares of lanes and tenants."""

from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.order.work_ahead import overtaking
from whisperfarm_store.ledger import GroupLoad, Workload

LIVE, STANDARD, BULK = Lane


def group(lane: Lane, jobs: int, *, tenant: str = "acme", each_s: float = 60.0) -> GroupLoad:
    load = Workload(jobs=jobs, audio_s=jobs * each_s)
    return GroupLoad(tenant=tenant, preset="demo", state=JobState.QUEUED, lane=lane, load=load)


def ahead(*groups: GroupLoad, lane: Lane, older: int = 0) -> Workload:
    load = Workload(jobs=older, audio_s=older * 60.0)
    return overtaking(groups, lane=lane, tenant="acme", older=load, work_s=60.0)


def test_nothing_of_lower_lanes_is_before_a_live_job() -> None:
    assert ahead(group(BULK, 10_000), group(STANDARD, 10_000), lane=LIVE) == Workload()


def test_sixteen_live_jobs_are_before_each_bulk_job() -> None:
    for older in range(3):
        expected = 16 * (older + 1)
        assert ahead(group(LIVE, 1000), lane=BULK, older=older).jobs == expected


def test_fewer_long_jobs_are_before_than_short_ones() -> None:
    assert ahead(group(LIVE, 100, each_s=480.0), lane=BULK).jobs == 2


def test_another_tenant_has_as_much_work_first() -> None:
    many = group(STANDARD, 10_000, tenant="umbrella")
    assert ahead(many, lane=STANDARD) == Workload()
    assert ahead(many, lane=STANDARD, older=5) == Workload(jobs=5, audio_s=300.0)


def test_all_are_before_if_they_are_fewer_than_the_share() -> None:
    assert ahead(group(LIVE, 2), group(STANDARD, 1), lane=BULK, older=3).jobs == 3
