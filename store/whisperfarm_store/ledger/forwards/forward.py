"""One forward as the ledger stores it, and the totals of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import forwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """The forward of one job. Times are seconds since 1970 by the ledger's clock.

    `tries` is the fencing token of the current claim, `failures` the number of tries that failed
    since one succeeded, and `problem` why it failed for good. `sent_for_s` is the time since the
    hub has accepted its job.
    """

    job_id: str
    tenant: str
    state: ForwardState
    tries: int
    failures: int
    sent_bytes: int
    created_at: float
    hub_job: str | None = None
    problem: Mapping[str, Any] | None = None
    last_error: str | None = None
    next_at: float | None = None
    sent_at: float | None = None
    sent_for_s: float | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardTotals:
    """Forwards by state, bytes still to be sent and sent, and the age of the oldest that waits."""

    by_state: Mapping[str, int]
    waiting_bytes: int
    sent_bytes: int
    oldest_waiting_s: float
    failing: int


def select_forwards() -> Select[Any]:
    """Return the query of all forwards, whose rows `forward_of` reads."""
    return select(forwards, (now_s() - forwards.c.sent_at).label("sent_for_s"))


def forward_of(row: Row[Any]) -> Forward:
    """Return the forward of a row."""
    columns = dict(row._mapping)
    return Forward(**{**columns, "state": ForwardState(columns["state"])})
