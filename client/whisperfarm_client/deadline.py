"""When the client itself ends a job."""

import time

from whisperfarm_client.settings import Settings

MAX_MARGIN_S = 10.0
"""The job is cancelled at most this long before the caller kills this process."""


def of_job(settings: Settings, started: float) -> float | None:
    """Return the monotonic time at which a job ends that begins now, or `None` for no limit.

    `started` is the time of the process's start.
    """
    deadlines = []
    if settings.timeout_s is not None:
        deadlines.append(time.monotonic() + settings.timeout_s)
    if settings.deadline_s is not None:
        margin_s = min(MAX_MARGIN_S, settings.deadline_s / 10)
        deadlines.append(started + settings.deadline_s - margin_s)
    return min(deadlines, default=None)
