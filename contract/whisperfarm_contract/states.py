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


class State(StrEnum):
    """The state of a job. The values are those of the wire form and of the ledger."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return not MOVES[self]


MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.QUEUED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
        State.RUNNING: frozenset(
            {State.SUCCEEDED, State.FAILED, State.CANCELLED, State.QUEUED},
        ),
        State.SUCCEEDED: frozenset(),
        State.FAILED: frozenset(),
        State.CANCELLED: frozenset(),
    }
)

FINAL: frozenset[State] = frozenset(state for state in State if state.is_final)


def may_move(current: State, following: State) -> bool:
    """Whether the table has this transition."""
    return following in MOVES[current]
