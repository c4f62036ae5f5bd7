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

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


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
        return not TRANSITIONS[self]


TRANSITIONS: Mapping[JobState, frozenset[JobState]] = MappingProxyType(
    {
        JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}),
        JobState.RUNNING: frozenset(
            {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED},
        ),
        JobState.SUCCEEDED: frozenset(),
        JobState.FAILED: frozenset(),
        JobState.CANCELLED: frozenset(),
    }
)

FINAL_STATES: frozenset[JobState] = frozenset(state for state in JobState if state.is_final)


def can_transition(current: JobState, following: JobState) -> bool:
    """Whether the table has this transition."""
    return following in TRANSITIONS[current]
