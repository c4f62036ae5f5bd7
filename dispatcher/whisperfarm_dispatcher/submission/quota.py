"""Limits on unfinished work, and the `Retry-After` of a rejected job."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_store.ledger import Workload

MIN_RETRY_AFTER_S, MAX_RETRY_AFTER_S = 1, 600
DEFAULT_RETRY_AFTER_S = 30
"""Limits of `Retry-After`, and its value if no job has ended lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Limits on unfinished work; 0: unlimited."""

    jobs: int = 0
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Throughput; 0: unknown."""

    jobs_per_s: float = 0.0
    audio_s_per_s: float = 0.0


def check_farm(load: Workload, quota: Quota, rate: Rate) -> None:
    """Raise `FarmBusy` if the farm's unfinished work has reached a limit."""
    for reached in _exceeded(load, quota, rate):
        raise FarmBusy(
            f"the farm has {reached.current}; its limit is {reached.maximum}"
            f" (WHISPERFARM_MAX_BACKLOG_{reached.name})",
            retry_after_s=reached.retry_after_s,
        )


def check_tenant(load: Workload, quota: Quota, rate: Rate) -> None:
    """Raise `TenantBusy` if the tenant's unfinished work has reached its quota."""
    for reached in _exceeded(load, quota, rate):
        raise TenantBusy(
            f"you have {reached.current}; your quota is {reached.maximum}"
            f" at a time (WHISPERFARM_MAX_TENANT_{reached.name})",
            retry_after_s=reached.retry_after_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExceededQuota:
    name: str
    current: str
    maximum: str
    retry_after_s: int


def _exceeded(load: Workload, quota: Quota, rate: Rate) -> Iterator[_ExceededQuota]:
    if 0 < quota.jobs <= load.jobs:
        yield _ExceededQuota(
            name="JOBS",
            current=f"{load.jobs} unfinished jobs",
            maximum=f"{quota.jobs} jobs",
            retry_after_s=_retry_after_s(load.jobs - quota.jobs + 1, rate.jobs_per_s),
        )
    if 0 < quota.audio_s <= load.audio_s:
        yield _ExceededQuota(
            name="AUDIO_S",
            current=f"unfinished jobs with {load.audio_s:.0f} seconds of audio",
            maximum=f"{quota.audio_s:.0f} seconds of audio",
            retry_after_s=_retry_after_s(load.audio_s - quota.audio_s, rate.audio_s_per_s),
        )


def _retry_after_s(excess: float, rate_per_s: float) -> int:
    """Return the seconds until the excess is worked off at this rate."""
    if rate_per_s <= 0:
        return DEFAULT_RETRY_AFTER_S
    return min(max(math.ceil(excess / rate_per_s), MIN_RETRY_AFTER_S), MAX_RETRY_AFTER_S)
