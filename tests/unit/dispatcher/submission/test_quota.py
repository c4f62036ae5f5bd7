"""Whether there is room for a job, and the `Retry-After` if there is none."""

import pytest

from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_dispatcher.submission.quota import Quota, Rate, check_farm, check_tenant
from whisperfarm_store.ledger import Workload

SOME = Workload(jobs=10, audio_s=600.0)
UNKNOWN = Rate()


@pytest.mark.parametrize("quota", [Quota(), Quota(jobs=11), Quota(audio_s=601)])
def test_quota_accepts_below_the_limit(quota: Quota) -> None:
    check_farm(SOME, quota, UNKNOWN)
    check_tenant(SOME, quota, UNKNOWN)


@pytest.mark.parametrize("quota", [Quota(jobs=10), Quota(audio_s=600)])
def test_quota_rejects_at_the_limit(quota: Quota) -> None:
    with pytest.raises(FarmBusy) as farm:
        check_farm(SOME, quota, UNKNOWN)
    with pytest.raises(TenantBusy) as tenant:
        check_tenant(SOME, quota, UNKNOWN)
    assert (farm.value.status, tenant.value.status) == (503, 429)


def test_quota_problem_names_limit_and_figures() -> None:
    with pytest.raises(FarmBusy, match=r"10 unfinished jobs.* 8 jobs .*MAX_BACKLOG_JOBS"):
        check_farm(SOME, Quota(jobs=8), UNKNOWN)
    with pytest.raises(TenantBusy, match=r"600 seconds .* 500 seconds .*MAX_TENANT_AUDIO_S"):
        check_tenant(SOME, Quota(audio_s=500), UNKNOWN)


@pytest.mark.parametrize(
    ("quota", "rate", "retry_after_s"),
    [
        (Quota(jobs=6), Rate(jobs_per_s=0.5), 10),
        (Quota(audio_s=500), Rate(audio_s_per_s=4), 25),
        (Quota(jobs=6), Rate(audio_s_per_s=4), 30),
        (Quota(jobs=6), Rate(jobs_per_s=1000), 1),
        (Quota(jobs=6), Rate(jobs_per_s=0.0001), 600),
    ],
)
def test_retry_after_follows_the_rate(quota: Quota, rate: Rate, retry_after_s: int) -> None:
    with pytest.raises(FarmBusy) as busy:
        check_farm(SOME, quota, rate)
    assert busy.value.retry_after_s == retry_after_s
