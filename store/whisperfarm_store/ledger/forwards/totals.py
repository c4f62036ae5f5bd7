"""Counts forwards."""

from sqlalchemy import Connection, case, func, select

from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import forwards, jobs
from whisperfarm_store.ledger.forwards.forward import ForwardTotals


def count_forwards(connection: Connection) -> ForwardTotals:
    """Return the totals of all forwards."""
    counted = select(forwards.c.state, func.count()).group_by(forwards.c.state)
    by_state = dict.fromkeys((state.value for state in ForwardState), 0)
    by_state |= {row[0]: row[1] for row in connection.execute(counted)}
    is_waiting = forwards.c.state == ForwardState.WAITING
    left = case((is_waiting, jobs.c.audio_bytes - forwards.c.sent_bytes), else_=0)
    waiting_since = case((is_waiting, forwards.c.created_at))
    is_failing = case((forwards.c.failures > 0, 1), else_=0)
    query = select(
        func.coalesce(func.sum(left), 0).label("waiting_bytes"),
        func.coalesce(func.sum(forwards.c.sent_bytes), 0).label("sent_bytes"),
        (now_s() - func.min(waiting_since)).label("oldest_s"),
        func.coalesce(func.sum(is_failing), 0).label("failing"),
    ).join(jobs, jobs.c.id == forwards.c.job_id)
    row = connection.execute(query).one()
    return ForwardTotals(
        by_state=by_state,
        waiting_bytes=int(row.waiting_bytes),
        sent_bytes=int(row.sent_bytes),
        oldest_waiting_s=max(0.0, row.oldest_s or 0.0),
        failing=int(row.failing),
    )
