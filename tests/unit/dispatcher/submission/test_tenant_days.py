"""A tenant's days limit those of its jobs."""

import pytest

from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.tenant_days import read_days

VARIABLE = "WHISPERFARM_TENANT_KEEP_AUDIO_DAYS"


def test_shorter_days_win() -> None:
    settings = DispatcherSettings(
        tenant_keep_audio_days=("north=30", "south = 0.5"), tenant_keep_results_days=("north=365",)
    )
    policy = JobPolicy(keep_audio_days=7, keep_results_days=1000)
    north, south = (settings.shorten_days(policy, one) for one in ("north", "south"))
    other = settings.shorten_days(JobPolicy(), "west")
    assert (north.keep_audio_days, north.keep_results_days) == (7, 365)
    assert (south.keep_audio_days, south.keep_results_days) == (0.5, 1000)
    assert (other.keep_audio_days, other.keep_results_days) == (None, None)
    assert settings.shorten_days(JobPolicy(), "north").keep_audio_days == 30


@pytest.mark.parametrize(
    "entry", ["north", "=3", "north=", "north=soon", "north=-1", "north=nan", "north=99999"]
)
def test_wrong_entry_is_refused(entry: str) -> None:
    with pytest.raises(InvalidSettings, match="is not tenant=days"):
        read_days(VARIABLE, (entry,))


def test_tenant_named_twice_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="again"):
        read_days(VARIABLE, ("north=1", "north=2"))
