"""Delays between delivery attempts of a callback. They grow, and end after about three days."""

from email.utils import parsedate_to_datetime

from whisperfarm_contract.retry_policy import RetryPolicy

HOUR_S = 3600.0

POLICY = RetryPolicy(initial_s=5.0, coefficient=6.0, max_s=22 * HOUR_S)
"""5 s, 30 s, 3 min, 18 min, 1.8 h and 10.8 h, then 22 h three times: 79 hours in total."""

MAX_TRIES = 10
MAX_RETRY_AFTER_S = 24 * HOUR_S


def pause_s(tries: int, *, chance: float, requested_s: float | None = None) -> float | None:
    """Return the delay in seconds after this number of delivery attempts, or `None` after the last.

    `chance` is a random number from 0 to 1 that spreads callbacks that failed together.
    `requested_s` is the delay that the receiver requested with `Retry-After`; it can lengthen the
    delay, up to `MAX_RETRY_AFTER_S`, and never shortens it.
    """
    if tries >= MAX_TRIES:
        return None
    planned_s = POLICY.delay_s(tries, chance=chance)
    return max(planned_s, min(requested_s or 0.0, MAX_RETRY_AFTER_S))


def retry_after_s(header: str | None, *, now_s: float) -> float | None:
    """Return the delay of a `Retry-After` header in seconds, or `None` if it is invalid."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return parsedate_to_datetime(header).timestamp() - now_s
    except (ValueError, OverflowError):
        return None
