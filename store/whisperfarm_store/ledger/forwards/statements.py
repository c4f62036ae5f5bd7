"""The statements of forwards: which is due, a claim, and an update that only its claim may make."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, select, update

from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.states import FINAL_STATES
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import forwards, jobs
from whisperfarm_store.ledger.forwards.forward import Forward, forward_of, select_forwards


def due_forward(states: Collection[ForwardState]) -> Select[str]:
    """Return the query of the oldest forward that is due."""
    has_ended = jobs.c.state.in_(sorted(FINAL_STATES))
    is_due = (forwards.c.state.in_(sorted(states)), forwards.c.next_at <= now_s(), has_ended)
    query = select(forwards.c.job_id).join(jobs, jobs.c.id == forwards.c.job_id).where(*is_due)
    return query.order_by(forwards.c.created_at, forwards.c.job_id).limit(1)


def claim_forward(connection: Connection, job_id: str, lease_s: float) -> Forward:
    """Claim the forward of a row that is locked."""
    claimed = update(forwards).where(forwards.c.job_id == job_id)
    values = {"tries": forwards.c.tries + 1, "next_at": now_s() + lease_s}
    connection.execute(claimed.values(**values))
    return forward_of(connection.execute(select_forward(job_id)).one())


def select_forward(job_id: str) -> Select[Any]:
    """Return the query of the forward of a job."""
    return select_forwards().where(forwards.c.job_id == job_id)


def update_forward(connection: Connection, forward: Forward, values: Mapping[str, Any]) -> bool:
    """Update the row unless another claim has followed. Returns whether it was updated.

    It is not if the job was erased during the try. This was the end of the try, so that the
    deletion need not wait for its lease.
    """
    of_claim = update(forwards).where(
        forwards.c.job_id == forward.job_id, forwards.c.tries == forward.tries
    )
    same_state = of_claim.where(forwards.c.state == forward.state.value)
    updated = same_state.values(**values).returning(forwards.c.job_id)
    if connection.scalar(updated) is not None:
        return True
    erasing = of_claim.where(forwards.c.state == ForwardState.ERASING.value)
    connection.execute(erasing.values(next_at=now_s()))
    return False
