"""What the outcome of a try changes, as the columns of its row."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract.forwarding import OPEN, ForwardState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import forwards


def progressed(*, sent_bytes: int) -> Mapping[str, Any]:
    """The hub has this many bytes; the next ones are due at once."""
    return {"sent_bytes": sent_bytes, "next_at": now_s(), "failures": 0, "last_error": None}


def accepted(*, hub_job: str, sent_bytes: int) -> Mapping[str, Any]:
    """The hub has a job."""
    times = {"sent_at": now_s(), "next_at": now_s()}
    sent = {"state": ForwardState.SENT.value, "hub_job": hub_job, "sent_bytes": sent_bytes}
    return {**sent, **times, "failures": 0, "last_error": None}


def postponed(*, retry_in_s: float) -> Mapping[str, Any]:
    """The hub has not finished."""
    return {"next_at": now_s() + retry_in_s, "failures": 0, "last_error": None}


def retried(error: str, *, retry_in_s: float) -> Mapping[str, Any]:
    """The try failed."""
    due = {"next_at": now_s() + retry_in_s, "last_error": error}
    return {**due, "failures": forwards.c.failures + 1}


def ended(state: ForwardState, problem: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """There is nothing more to do."""
    if state in OPEN:
        raise ValueError(f"a forward does not end as {state}")
    return {"state": state.value, "problem": problem, "next_at": None, "finished_at": now_s()}
