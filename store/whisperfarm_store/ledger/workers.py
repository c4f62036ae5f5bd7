"""The live workers, as reported by their heartbeats."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from whisperfarm_contract.audit import UNKNOWN_ACTOR, Actor, AuditKind
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs, workers
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.transitions.statement import in_state

WORKER_HEARTBEAT_S = 2.0
"""Interval of a worker's heartbeats."""

_MISSED_HEARTBEATS = 7
WORKER_LIVE_WITHIN_S = (_MISSED_HEARTBEATS + 0.5) * WORKER_HEARTBEAT_S
"""Maximum age of a live worker's last heartbeat. A worker may miss seven in a row, so all workers
stay live if the ledger is unavailable for ten seconds."""

_SILENT_AFTER_S = 3.5 * WORKER_HEARTBEAT_S
"""Age of the last heartbeat at which a worker has missed three and no longer counts as ready."""

WORKER_STATES = ("ready", "not_ready", "draining", "silent")
"""States of a worker. `not_ready`: it is loading models, or a dependency is unavailable. `silent`:
it has missed heartbeats, because it was killed or cannot reach the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerHeartbeat:
    """A worker's heartbeat. `ready` means that its models are loaded and it accepts jobs.

    The ledger sets `draining` if the worker was asked to drain; then it is not ready. It also sets
    `age_s`, the seconds since the heartbeat.
    """

    name: str
    presets: tuple[str, ...]
    concurrency: int
    pid: int
    host: str
    ready: bool
    draining: bool = False
    age_s: float = field(default=0.0, compare=False)

    @property
    def state(self) -> str:
        """One of `WORKER_STATES`."""
        if self.age_s >= _SILENT_AFTER_S:
            return "silent"
        return "draining" if self.draining else "ready" if self.ready else "not_ready"


class Workers:
    """Heartbeats of the workers, and requests to drain them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_heartbeat(self, heartbeat: WorkerHeartbeat, *, is_first: bool = False) -> bool:
        """Record a worker's heartbeat. Returns whether the worker is asked to drain.

        Pass `is_first` with the first heartbeat of a process: it discards a request to an earlier
        process of the same name.
        """
        values = {
            "host": heartbeat.host,
            "pid": heartbeat.pid,
            "presets": list(heartbeat.presets),
            "concurrency": heartbeat.concurrency,
            "ready": heartbeat.ready,
            "heartbeat_at": now_s(),
            **({"drain_requested": False} if is_first else {}),
        }
        with self._database.write_one() as connection:
            statement = upsert(connection, workers).values(name=heartbeat.name, **values)
            upserted = statement.on_conflict_do_update(index_elements=["name"], set_=values)
            return bool(connection.scalar(upserted.returning(workers.c.drain_requested)))

    def request_drain(self, names: Collection[str], *, by: Actor = UNKNOWN_ACTOR) -> None:
        """Ask workers to drain: to claim no more jobs, finish those that they run, and exit."""
        statement = update(workers).where(workers.c.name.in_(names)).values(drain_requested=True)
        with self._database.write() as connection:
            asked = sorted(connection.scalars(statement.returning(workers.c.name)))
            if asked:
                append_audit(connection, AuditKind.DRAIN_REQUESTED, by, {"workers": asked})

    def running_counts(self) -> dict[str, int]:
        """Return the number of running jobs by worker name, without workers that have none."""
        query = select(jobs.c.worker, func.count()).where(in_state(JobState.RUNNING))
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(jobs.c.worker))
            return {str(name): int(count) for name, count in rows}

    def deregister(self, name: str) -> None:
        """Deregister the worker."""
        with self._database.write() as connection:
            connection.execute(delete(workers).where(workers.c.name == name))

    def list_live(self, *, within_s: float) -> list[WorkerHeartbeat]:
        """Return the workers with a heartbeat in the last `within_s` seconds, sorted by name."""
        query = select(workers, (now_s() - workers.c.heartbeat_at).label("age_s"))
        # After a step of the clock to an earlier time, old heartbeats are in the future.
        query = query.where(workers.c.heartbeat_at.between(now_s() - within_s, now_s() + within_s))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(workers.c.name))
            return [_heartbeat_of(row) for row in rows]


def _heartbeat_of(row: Row[Any]) -> WorkerHeartbeat:
    return WorkerHeartbeat(
        name=row.name,
        presets=tuple(row.presets),
        concurrency=row.concurrency,
        pid=row.pid,
        host=row.host,
        ready=row.ready and not row.drain_requested,
        draining=row.drain_requested,
        age_s=max(0.0, row.age_s),
    )
