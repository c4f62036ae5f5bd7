"""Whether there is room, and the `Retry-After` of those for whom there is none."""

import pytest

from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_dispatcher.submission.quota import Bounds, Rate, check_farm, check_tenant
from whisperfarm_store.ledger import Load

SOME = Load(jobs=10, audio_s=600.0)
UNKNOWN = Rate()


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(jobs=11), Bounds(audio_s=601)])
def test_there_is_room_below_the_bounds(bounds: Bounds) -> None:
    check_farm(SOME, bounds, UNKNOWN)
    check_tenant(SOME, bounds, UNKNOWN)


@pytest.mark.parametrize("bounds", [Bounds(jobs=10), Bounds(audio_s=600)])
def test_there_is_none_at_the_bounds(bounds: Bounds) -> None:
    with pytest.raises(FarmBusy) as farm:
        check_farm(SOME, bounds, UNKNOWN)
    with pytest.raises(TenantBusy) as tenant:
        check_tenant(SOME, bounds, UNKNOWN)
    assert (farm.value.status, tenant.value.status) == (503, 429)


def test_the_problem_names_the_limit_and_the_figures() -> None:
    with pytest.raises(FarmBusy, match=r"10 unfinished jobs.* 8 jobs .*MAX_BACKLOG_JOBS"):
        check_farm(SOME, Bounds(jobs=8), UNKNOWN)
    with pytest.raises(TenantBusy, match=r"600 seconds .* 500 seconds .*MAX_TENANT_AUDIO_S"):
        check_tenant(SOME, Bounds(audio_s=500), UNKNOWN)


@pytest.mark.parametrize(
    ("bounds", "rate", "retry_after_s"),
    [
        (Bounds(jobs=6), Rate(jobs_per_s=0.5), 10),
        (Bounds(audio_s=500), Rate(audio_s_per_s=4), 25),
        (Bounds(jobs=6), Rate(audio_s_per_s=4), 30),
        (Bounds(jobs=6), Rate(jobs_per_s=1000), 1),
        (Bounds(jobs=6), Rate(jobs_per_s=0.0001), 600),
    ],
)
def test_when_to_come_again_is_told_by_the_rate(
    bounds: Bounds, rate: Rate, retry_after_s: int
) -> None:
    with pytest.raises(FarmBusy) as busy:
        check_farm(SOME, bounds, rate)
    assert busy.value.retry_after_s == retry_after_s
