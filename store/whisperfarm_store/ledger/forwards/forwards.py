"""Forwards: claimed under a lease, as callbacks are, so that two dispatchers never send one."""

from collections.abc import Collection, Mapping
from typing import Any

from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.problems import ResultExpired
from whisperfarm_store.ledger.custody import append_entry, bodies
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import forwards
from whisperfarm_store.ledger.forwards import updates
from whisperfarm_store.ledger.forwards.forward import Forward, ForwardTotals, forward_of
from whisperfarm_store.ledger.forwards.statements import (
    claim_forward,
    due_forward,
    select_forward,
    update_forward,
)
from whisperfarm_store.ledger.forwards.totals import count_forwards
from whisperfarm_store.ledger.transitions.revise import NewRevision, add_revision


class Forwards:
    """Forwards of jobs to a hub. An outcome is recorded unless another claim has followed, or the
    job was erased: the methods return whether it was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, job_id: str, *, tenant: str) -> Forward | None:
        """Return the forward of a job, or `None` if it is not sent to a hub.

        Raises `JobNotFound`.
        """
        with self._database.read() as connection:
            load_job(connection, job_id, tenant=tenant)
            row = connection.execute(select_forward(job_id)).one_or_none()
            return None if row is None else forward_of(row)

    def totals(self) -> ForwardTotals:
        """Return how many forwards there are, and how much they have sent."""
        with self._database.read() as connection:
            return count_forwards(connection)

    def claim(self, states: Collection[ForwardState], *, lease_s: float) -> Forward | None:
        """Claim the oldest forward in one of the `states` that is due, for `lease_s` seconds.

        Returns `None` if there is none. That of a job which has not ended is not due.
        """
        due = due_forward(states)
        with self._database.read() as connection:
            if connection.scalar(due) is None:
                return None
        with self._database.write() as connection:
            locked = due.with_for_update(skip_locked=True, of=forwards)
            chosen = connection.scalar(locked)
            return None if chosen is None else claim_forward(connection, chosen, lease_s)

    def record(self, forward: Forward, values: Mapping[str, Any]) -> bool:
        """Record an outcome of `updates` that has no entry in the chain of custody."""
        with self._database.write() as connection:
            return update_forward(connection, forward, values)

    def record_accepted(self, forward: Forward, *, hub: str, hub_job: str, sent_bytes: int) -> bool:
        """Record that the hub has a job, with an entry in the chain of custody."""
        with self._database.write() as connection:
            body = bodies.forwarded(hub, hub_job)
            values = updates.accepted(hub_job=hub_job, sent_bytes=sent_bytes)
            is_recorded = update_forward(connection, forward, values)
            if is_recorded:
                append_entry(connection, forward.job_id, Kind.FORWARDED, body)
            return is_recorded

    def record_erased(self, forward: Forward, *, hub: str, hub_job: str | None) -> bool:
        """Record that the hub has nothing of the job any more."""
        with self._database.write() as connection:
            is_recorded = update_forward(connection, forward, updates.ended(ForwardState.ERASED))
            if is_recorded:
                body = bodies.forwarded(hub, hub_job or "")
                append_entry(connection, forward.job_id, Kind.WITHDRAWN, body)
            return is_recorded

    def succeed(self, forward: Forward, new: NewRevision) -> bool:
        """Insert the hub's transcript as a revision, in the transaction that ends the forward.

        Raises `ResultExpired`, and like `add_revision`.
        """
        with self._database.write() as connection:
            job = load_job(connection, forward.job_id, tenant=forward.tenant, lock=True)
            if not update_forward(connection, forward, updates.ended(ForwardState.SUCCEEDED)):
                return False
            if job.result_deleted_at is not None:
                raise ResultExpired(f"the transcripts of job {job.id} were deleted")
            add_revision(connection, job, new)
            return True
