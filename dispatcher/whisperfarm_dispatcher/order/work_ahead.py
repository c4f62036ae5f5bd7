"""Estimates how much work starts before a given job."""

from collections.abc import Iterable

from whisperfarm_contract.lanes import SHARES, Lane
from whisperfarm_store.ledger import GroupLoad, Workload

_ROUNDING = 1e-6
"""Seconds are added up in another order than divided; a whole job must not become none."""


def overtaking(
    groups: Iterable[GroupLoad], *, lane: Lane, tenant: str, older: Workload, work_s: float
) -> Workload:
    """Return the work of other tenants and lanes that starts before a job of `lane` and `tenant`.

    `groups` is the queued work of the preset. `older` is the older work of its own tenant in its
    lane, and `work_s` its own: another tenant has as much work first, and a lane as its share is.
    """
    others = list(groups)
    before_s = older.total_s or older.jobs * work_s
    beside = [
        _part(one.load, before_s) for one in others if one.lane is lane and one.tenant != tenant
    ]
    lane_s = before_s + sum(one.total_s for one in beside)
    above = [
        _part(_in_lane(others, other), _overtaking_s(lane, other, lane_s, work_s))
        for other in Lane
        if other is not lane
    ]
    return sum([*beside, *above], start=Workload())


def _overtaking_s(lane: Lane, other: Lane, lane_s: float, work_s: float) -> float:
    """Return the most work of `other` that starts before a job behind `lane_s` of its own lane."""
    first = work_s if other.rank < lane.rank else 0.0
    return (lane_s + first) * SHARES[other] / SHARES[lane]


def _in_lane(groups: Iterable[GroupLoad], lane: Lane) -> Workload:
    return sum((one.load for one in groups if one.lane is lane), start=Workload())


def _part(load: Workload, max_s: float) -> Workload:
    """Return the work of up to `max_s` of the jobs, which are taken for equally long."""
    if load.total_s <= max_s:
        return load
    part = max_s / load.total_s
    return Workload(
        jobs=int(load.jobs * part + _ROUNDING),
        audio_s=load.audio_s * part,
        estimated_s=load.estimated_s * part,
    )
