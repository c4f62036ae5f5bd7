"""The states of a job and the transitions between them.

    queued ──claim──▶ running ──finish──▶ succeeded
      │  ▲               │ │
      │  └───requeue─────┘ ├──────────▶ failed
      │                    │
      ├──cancel────────────┴──────────▶ cancelled
      └──deadline exceeded────────────▶ failed

A queued job may wait until its `available_at`: it is not dispatched and cannot be claimed before.

There is no transition from succeeded, failed or cancelled: a job ends exactly once.
"""

from enum import StrEnum
from typing import NamedTuple


class JobState(StrEnum):
    """The state of a job. The values are those of the wire form and of the ledger."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self in FINAL_STATES


class Transition(NamedTuple):
    """A change of state: which component makes it, when, and the log event that reports it."""

    current: JobState
    following: JobState
    component: str
    condition: str
    event: str


_Q, _R = JobState.QUEUED, JobState.RUNNING
_S, _F, _C = JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED
_RESCUE = "dispatcher, rescue"
_POLLS = "dispatcher, polls"
_NOT_POLLED = "its caller has not asked for it for `cancel_unless_polled_s`"

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_Q, _R, "worker", "it claims the job", "attempt.started"),
    Transition(_Q, _C, "dispatcher", "the caller cancels the job", "job.ended"),
    Transition(_Q, _C, _POLLS, _NOT_POLLED, "job.unpolled"),
    Transition(_Q, _F, _RESCUE, "deadline exceeded", "job.rescued"),
    Transition(_R, _S, "worker", "the transcript is stored", "attempt.ended"),
    Transition(
        _R, _F, "worker",
        "the request or the recording is invalid, the attempt failed and none is left, or deadline"
        " exceeded",
        "attempt.ended",
    ),
    Transition(
        _R, _F, _RESCUE,
        "the lease expired and no attempt is left or the job is quarantined, or deadline exceeded",
        "job.rescued",
    ),
    Transition(
        _R, _C, "dispatcher",
        "the caller cancels the job; its worker stops at its next check",
        "job.ended",
    ),
    Transition(_R, _C, _POLLS, _NOT_POLLED, "job.unpolled"),
    Transition(
        _R, _Q, "worker",
        "retry: the attempt failed and others are left; snooze: the ledger or the blob store is"
        " unavailable. The job waits until `available_at`",
        "attempt.ended",
    ),
    Transition(_R, _Q, "worker", "requeue: the worker is draining", "attempt.requeued"),
    Transition(_R, _Q, _RESCUE, "the lease expired and attempts are left", "job.rescued"),
)  # fmt: skip
"""All transitions. The ledger refuses every other one."""

FINAL_STATES: frozenset[JobState] = frozenset(JobState) - {one.current for one in TRANSITIONS}

_ALLOWED = frozenset((one.current, one.following) for one in TRANSITIONS)


def can_transition(current: JobState, following: JobState) -> bool:
    """Whether the table has this transition."""
    return (current, following) in _ALLOWED
