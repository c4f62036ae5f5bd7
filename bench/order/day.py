"""A synthetic day: calls that arrive over ten hours, and archive files that arrive at once."""

import random
from dataclasses import dataclass

from whisperfarm_contract.lanes import Lane
from whisperfarm_dispatcher.maintenance.job_speed import JOB_OVERHEAD_S
from whisperfarm_dispatcher.order.queued_job import QueuedJob

SEED = 45
SPEED = 10.0
"""Seconds of audio per second in each slot."""

LIVE_CALLS, STANDARD_CALLS, FILES = 10_000, 4_000, 200
SMALL_ARCHIVE = 20
"""Of the files, those of another tenant."""

FROM_S, TO_S, FILES_AT_S = 8 * 3600.0, 18 * 3600.0, 9 * 3600.0
"""When calls arrive, in seconds since midnight, most of them in the middle; and the files."""

DEADLINE_EVERY, DEADLINE_S = 20, 900.0
"""One standard call in this number has a deadline, this long after it is accepted."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A job and when it is accepted, in seconds since midnight."""

    at_s: float
    job: QueuedJob


def synthetic_day() -> list[Arrival]:
    """Return live calls of two tenants, standard calls of four, and files of two, by time."""
    chance = random.Random(SEED)
    arrivals = [
        *(_call(chance, Lane.LIVE, f"contact-{n % 2}", n) for n in range(LIVE_CALLS)),
        *(_call(chance, Lane.STANDARD, f"office-{n % 4}", n) for n in range(STANDARD_CALLS)),
        *(_file(chance, n) for n in range(FILES)),
    ]
    return sorted(arrivals, key=lambda one: (one.at_s, one.job.id))


def _call(chance: random.Random, lane: Lane, tenant: str, number: int) -> Arrival:
    """Return a call of about a minute and a half."""
    at_s, audio_s = chance.triangular(FROM_S, TO_S), min(chance.lognormvariate(4.2, 0.8), 1800.0)
    has_deadline = lane is Lane.STANDARD and number % DEADLINE_EVERY == 0
    deadline_at = at_s + DEADLINE_S if has_deadline else None
    return Arrival(at_s, _job(lane, tenant, number, audio_s, deadline_at))


def _file(chance: random.Random, number: int) -> Arrival:
    """Return a file of up to three hours."""
    tenant = "archive-small" if number >= FILES - SMALL_ARCHIVE else "archive"
    return Arrival(
        FILES_AT_S, _job(Lane.BULK, tenant, number, chance.uniform(0.25, 3.0) * 3600.0, None)
    )


def _job(
    lane: Lane, tenant: str, number: int, audio_s: float, deadline_at: float | None
) -> QueuedJob:
    return QueuedJob(
        id=f"{lane}-{number:05d}",
        tenant=tenant,
        lane=lane,
        work_s=JOB_OVERHEAD_S + audio_s / SPEED,
        deadline_at=deadline_at,
    )
