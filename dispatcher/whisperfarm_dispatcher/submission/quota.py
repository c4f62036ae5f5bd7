"""Limits on unfinished work, and the `Retry-After` of a rejected job."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.problems import FarmBusy, TenantBusy
from whisperfarm_store.ledger import Load

SOONEST_S, LATEST_S = 1, 600
UNKNOWN_S = 30
"""Limits of `Retry-After`, and its value if no job has ended lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits on unfinished work; 0: unlimited."""

    jobs: int = 0
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Throughput; 0: unknown."""

    jobs_per_s: float = 0.0
    audio_s_per_s: float = 0.0


def check_farm(load: Load, bounds: Bounds, rate: Rate) -> None:
    """Raise `FarmBusy` if the farm's unfinished work has reached a limit."""
    for limit in _reached(load, bounds, rate):
        raise FarmBusy(
            f"the farm has {limit.have}; its limit is {limit.most}"
            f" (WHISPERFARM_MAX_BACKLOG_{limit.name})",
            retry_after_s=limit.retry_after_s,
        )


def check_tenant(load: Load, bounds: Bounds, rate: Rate) -> None:
    """Raise `TenantBusy` if the tenant's unfinished work has reached its quota."""
    for limit in _reached(load, bounds, rate):
        raise TenantBusy(
            f"you have {limit.have}; your quota is {limit.most}"
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
            have=f"{load.jobs} unfinished jobs",
            most=f"{bounds.jobs} jobs",
            retry_after_s=_retry_after_s(load.jobs - bounds.jobs + 1, rate.jobs_per_s),
        )
    if 0 < bounds.audio_s <= load.audio_s:
        yield _Limit(
            name="AUDIO_S",
            have=f"unfinished jobs with {load.audio_s:.0f} seconds of audio",
            most=f"{bounds.audio_s:.0f} seconds of audio",
            retry_after_s=_retry_after_s(load.audio_s - bounds.audio_s, rate.audio_s_per_s),
        )


def _retry_after_s(excess: float, per_s: float) -> int:
    """Return the seconds until the excess is worked off at this rate."""
    if per_s <= 0:
        return UNKNOWN_S
    return min(max(math.ceil(excess / per_s), SOONEST_S), LATEST_S)
