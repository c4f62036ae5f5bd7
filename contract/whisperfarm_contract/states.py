"""The states of a job and the moves between them.

    queued ──claim──▶ running ──finish──▶ succeeded
      │  ▲               │ │
      │  └───requeue─────┘ ├──────────▶ failed
      │                    │
      ├──cancel────────────┴──────────▶ cancelled
      └──deadline exceeded────────────▶ failed

A queued job may wait until its `available_at`: it is not dispatched and cannot be claimed before.

Nothing leaves succeeded, failed or cancelled: a job ends exactly once.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a job stands. The values are the wire form and the ledger's form."""

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
    """Whether the table allows the move."""
    return following in MOVES[current]
