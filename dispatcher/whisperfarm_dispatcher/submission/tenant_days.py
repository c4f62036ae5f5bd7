"""Limits the days that the recordings and transcripts of a tenant are kept."""

import math
from collections.abc import Mapping

from whisperfarm_contract.job_policy import MAX_KEEP_DAYS
from whisperfarm_contract.problems import InvalidSettings

TenantDays = Mapping[str, float]
"""The most days by tenant."""


def read_days(variable: str, entries: tuple[str, ...]) -> TenantDays:
    """Parse a setting whose entries are `tenant=days`. Raises `InvalidSettings`."""
    limits: dict[str, float] = {}
    for entry in entries:
        tenant, _, days = (text.strip() for text in entry.rpartition("="))
        number = _number(days)
        if not tenant or tenant in limits or not 0 <= number <= MAX_KEEP_DAYS:
            raise InvalidSettings(
                f"{variable}: {entry!r} is not tenant=days, or names a tenant again; days are 0 to"
                f" {MAX_KEEP_DAYS}"
            )
        limits[tenant] = number
    return limits


def shortest(own: float | None, tenant: str, limits: TenantDays) -> float | None:
    """Return the days of a job: its own, but at most its tenant's. `None`: neither has any."""
    days = [one for one in (own, limits.get(tenant)) if one is not None]
    return min(days, default=None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
