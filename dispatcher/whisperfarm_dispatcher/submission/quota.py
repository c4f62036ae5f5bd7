"""Whether there is room for one more job, and when there will be."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_store.ledger import Load

SOONEST_S, LATEST_S = 1, 600
UNKNOWN_S = 30
"""Bounds of `Retry-After`, and what it is while nothing was worked off lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most that may be there and not have ended; 0: as much as you like."""

    jobs: int = 0
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast work is done; 0: not known."""

    jobs_per_s: float = 0.0
    audio_s_per_s: float = 0.0


def check_farm(load: Load, bounds: Bounds, rate: Rate) -> None:
    """`FarmBusy` when the farm has as much work as it takes."""
    for limit in _reached(load, bounds, rate):
        raise FarmBusy(
            f"the farm has {limit.have}, and takes no more than {limit.most} at a time"
            f" (WHISPERFARM_MAX_BACKLOG_{limit.name})",
            retry_after_s=limit.retry_after_s,
        )


def check_tenant(load: Load, bounds: Bounds, rate: Rate) -> None:
    """`TenantBusy` when the tenant has as much work in the farm as it may have."""
    for limit in _reached(load, bounds, rate):
        raise TenantBusy(
            f"you have {limit.have} in this farm, and may have no more than {limit.most} at a time"
            f" (WHISPERFARM_MAX_TENANT_{limit.name})",
            retry_after_s=limit.retry_after_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    name: str
    have: str
    most: str
    retry_after_s: int


def _reached(load: Load, bounds: Bounds, rate: Rate) -> Iterator[_Limit]:
    if 0 < bounds.jobs <= load.jobs:
        yield _Limit(
            name="JOBS",
            have=f"{load.jobs} jobs that have not ended",
            most=str(bounds.jobs),
            retry_after_s=_retry_after_s(load.jobs - bounds.jobs + 1, rate.jobs_per_s),
        )
    if 0 < bounds.audio_s <= load.audio_s:
        yield _Limit(
            name="AUDIO_S",
            have=f"jobs with {load.audio_s:.0f} seconds of audio that have not ended",
            most=f"{bounds.audio_s:.0f} seconds",
            retry_after_s=_retry_after_s(load.audio_s - bounds.audio_s, rate.audio_s_per_s),
        )


def _retry_after_s(excess: float, per_s: float) -> int:
    """When so much will have been worked off."""
    if per_s <= 0:
        return UNKNOWN_S
    return min(max(math.ceil(excess / per_s), SOONEST_S), LATEST_S)
