"""When a callback is tried again: soon at first, then ever later, for about three days."""

from email.utils import parsedate_to_datetime

MINUTE_S, HOUR_S = 60.0, 3600.0

PAUSES_S = (
    5.0,
    5 * MINUTE_S,
    30 * MINUTE_S,
    2 * HOUR_S,
    5 * HOUR_S,
    10 * HOUR_S,
    14 * HOUR_S,
    20 * HOUR_S,
    24 * HOUR_S,
)
"""The pause after the first try, after the second, and so on: 76 hours in all."""

JITTER = 0.2
LONGEST_WISH_S = 24 * HOUR_S


def pause_s(tries: int, *, chance: float, wished_s: float | None = None) -> float | None:
    """The pause after so many tries, or `None` when it was the last.

    `chance`, from 0 to 1, spreads those that failed together. `wished_s` is what the receiver asked
    for by `Retry-After`; it makes a pause longer, up to a day, and never shorter.
    """
    if tries > len(PAUSES_S):
        return None
    planned_s = PAUSES_S[tries - 1] * (1 + JITTER * (2 * chance - 1))
    return max(planned_s, min(wished_s or 0.0, LONGEST_WISH_S))


def retry_after_s(header: str | None, *, now_s: float) -> float | None:
    """What a `Retry-After` says, in seconds from now; what can not be read says nothing."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return parsedate_to_datetime(header).timestamp() - now_s
    except (ValueError, OverflowError):
        return None
