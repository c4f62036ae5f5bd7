"""Lanes: which of a preset's queued jobs start first.

Live jobs start before standard ones, and these before bulk, but no lane takes everything: `SHARES`
are the jobs of each lane that start while jobs of all lanes wait. The job of a lane that was empty
follows at most one job of each other lane if its own share is the larger one. So thousands of bulk
jobs never hold up a live one, and an endless stream of live jobs lets one bulk job start after each
sixteen. Within a lane, the oldest job starts first.

This is self-clocked fair queueing (Golestani, "A self-clocked fair queueing scheme for broadband
applications", INFOCOM 1994) with jobs as packets of equal size.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


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
"""Powers of two, so that their inverses are exact."""


def max_overtaking(lane: Lane, older: int, other: Lane) -> int:
    """Return the most queued jobs of `other` that start before a job of `lane`.

    `older` is the number of older jobs in its own lane.
    """
    turns = (older + 1) * SHARES[other]
    return (turns if other.rank < lane.rank else turns - 1) // SHARES[lane]
