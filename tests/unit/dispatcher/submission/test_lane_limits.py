import pytest

from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import InvalidOption, InvalidSettings
from whisperfarm_dispatcher.submission.lane_limits import check, read_limits

LIMITS = read_limits(("standard", "clinic = live", "archive=bulk"))


def test_limits_are_read_by_tenant_and_for_all_others() -> None:
    assert LIMITS == {"": Lane.STANDARD, "clinic": Lane.LIVE, "archive": Lane.BULK}
    assert read_limits(()) == {}


@pytest.mark.parametrize(
    "entries", [("fast",), ("a=",), ("=live",), ("",), ("live", "bulk"), ("a=live", "a=bulk")]
)
def test_limits_that_are_not_clear_are_refused(entries: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_MAX_LANES"):
        read_limits(entries)


@pytest.mark.parametrize(
    ("tenant", "allowed"),
    [("clinic", list(Lane)), ("other", list(Lane)[1:]), ("archive", ["bulk"])],
)
def test_lane_above_the_tenants_highest_is_refused(tenant: str, allowed: list[str]) -> None:
    for lane in Lane:
        policy = JobPolicy(lane=lane)
        if lane in allowed:
            check(policy, tenant, LIMITS)
        else:
            with pytest.raises(InvalidOption, match=f"lane: .* use one of {', '.join(allowed)}"):
                check(policy, tenant, LIMITS)


def test_every_lane_is_allowed_without_limits() -> None:
    check(JobPolicy(lane="live"), "other", {})
