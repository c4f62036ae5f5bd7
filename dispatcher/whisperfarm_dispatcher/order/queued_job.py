"""What the policy knows about a queued job."""

from dataclasses import dataclass, replace

from whisperfarm_contract.lanes import Lane

URGENT_SLACK_S = 300.0
"""A job is urgent if it ends less than this before its deadline when it starts now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """A queued job. `work_s` are the seconds for which it is expected to hold a slot.

    `highest` is the highest lane that its tenant may use. `deadline_at` is by the same clock as the
    `now_s` of the policy.
    """

    id: str
    tenant: str
    lane: Lane
    work_s: float
    deadline_at: float | None = None
    highest: Lane = Lane.LIVE


def is_urgent(job: QueuedJob, now_s: float) -> bool:
    """Return whether the job may miss its deadline unless it starts soon."""
    return job.deadline_at is not None and job.deadline_at - job.work_s - now_s < URGENT_SLACK_S


def with_urgency(jobs: list[QueuedJob], now_s: float) -> list[QueuedJob]:
    """Return the jobs with urgent ones first, by deadline, each in its tenant's highest lane.

    They remain within the share of their tenant, so deadlines cannot hold up another tenant.
    """
    urgent = [job for job in jobs if is_urgent(job, now_s)]
    raised = [replace(job, lane=min(job.lane, job.highest, key=_rank)) for job in urgent]
    others = [job for job in jobs if not is_urgent(job, now_s)]
    return [*sorted(raised, key=lambda job: job.deadline_at or 0.0), *others]


def _rank(lane: Lane) -> int:
    return lane.rank
