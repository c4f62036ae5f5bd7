"""Lanes: which of a preset's queued jobs start first.

Live jobs start before standard ones, and these before bulk, but no lane takes everything: `SHARES`
are the seconds of work of each lane that start while jobs of all lanes wait. A lane's objective is
how long its jobs should wait at most. Decision 45 has the policy.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import inf
from types import MappingProxyType

from whisperfarm_contract.problems import InvalidSettings


class Lane(StrEnum):
    """The lanes, the highest first."""

    LIVE = "live"
    STANDARD = "standard"
    BULK = "bulk"

    @property
    def rank(self) -> int:
        """The place of the lane, 0 for the highest."""
        return list(Lane).index(self)


SHARES: Mapping[Lane, int] = MappingProxyType({Lane.LIVE: 16, Lane.STANDARD: 4, Lane.BULK: 1})

Objectives = Mapping[Lane, float]
"""For each lane, the seconds within which its jobs should start."""

DEFAULT_OBJECTIVES_S: Objectives = MappingProxyType(
    {Lane.LIVE: 10.0, Lane.STANDARD: 300.0, Lane.BULK: 6 * 3600.0}
)

OBJECTIVES_VARIABLE = "WHISPERFARM_LANE_OBJECTIVES"


def read_objectives(entries: Iterable[str]) -> Objectives:
    """Parse the setting: entries `lane=seconds`; lanes that are not named have their default.

    Raises `InvalidSettings`.
    """
    return {**DEFAULT_OBJECTIVES_S, **dict(_read_objective(entry) for entry in entries)}


def _read_objective(entry: str) -> tuple[Lane, float]:
    lane, _, seconds = (part.strip() for part in entry.partition("="))
    try:
        objective = Lane(lane), float(seconds)
    except ValueError:
        objective = None
    if objective is None or not 0 < objective[1] < inf:
        raise InvalidSettings(
            f"{OBJECTIVES_VARIABLE}: {entry!r} is not a lane and its seconds; write it as live=10,"
            f" with one of the lanes {', '.join(Lane)}"
        )
    return objective
