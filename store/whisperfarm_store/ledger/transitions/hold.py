"""Sets and lifts legal holds, with their entry in the chain of custody."""

from functools import partial

from sqlalchemy import Connection, update

from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.ledger.custody import append_entry
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import after_commit
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.originals import destroy_original


def change_hold(connection: Connection, job: Job, reason: str, *, is_held: bool) -> Job:
    """Set or lift the hold of a job that the transaction has locked, and return the job."""
    values = {
        "held_at": now_s() if is_held else None,
        "hold_reason": reason if is_held else None,
    }
    changed = update(jobs).where(jobs.c.id == job.id).values(values).returning(*jobs.c)
    row = connection.execute(changed).one()
    append_entry(connection, job.id, Kind.HELD if is_held else Kind.RELEASED, {"reason": reason})
    event = events.job.held if is_held else events.job.released
    after_commit(connection, partial(event.log, job=job.id, tenant=job.tenant))
    changed_job = job_of(row)
    destroy_original(connection, changed_job)
    return changed_job
