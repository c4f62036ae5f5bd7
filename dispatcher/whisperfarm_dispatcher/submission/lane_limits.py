"""Limits the lanes that the jobs of a tenant may have."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import InvalidOption, InvalidSettings

VARIABLE = "WHISPERFARM_MAX_LANES"
_ALL_OTHERS = ""

LaneLimits = Mapping[str, Lane]
"""The highest lane by tenant; that of an empty name is for all other tenants."""

NO_LIMITS: LaneLimits = MappingProxyType({})


def read_limits(entries: tuple[str, ...]) -> LaneLimits:
    """Parse the setting: `tenant=lane`, or a lane alone for all other tenants.

    Raises `InvalidSettings`.
    """
    limits: dict[str, Lane] = {}
    for entry in entries:
        tenant, separator, lane = (text.strip() for text in entry.rpartition("="))
        if tenant in limits or lane not in tuple(Lane) or (separator and not tenant):
            raise InvalidSettings(
                f"{VARIABLE}: {entry!r} is not a lane, or names a tenant again; write each as"
                f" tenant=lane, with one of the lanes {', '.join(Lane)}"
            )
        limits[tenant] = Lane(lane)
    return limits


def highest_lane(tenant: str, limits: LaneLimits) -> Lane:
    """Return the highest lane that the tenant's jobs may have."""
    return limits.get(tenant, limits.get(_ALL_OTHERS, Lane.LIVE))


def check(policy: JobPolicy, tenant: str, limits: LaneLimits) -> None:
    """Raise `InvalidOption` if the job's lane is higher than its tenant's highest."""
    highest = highest_lane(tenant, limits)
    if Lane(policy.lane).rank < highest.rank:
        allowed = ", ".join(list(Lane)[highest.rank :])
        raise InvalidOption(
            f"lane: the tenant {tenant!r} may not use {policy.lane}; use one of {allowed}, or ask"
            f" the operator to change {VARIABLE}"
        )
