"""The workers that are there, by their own word."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from whisperfarm_contract.states import State
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs, workers
from whisperfarm_store.ledger.db.upsert import insert_into
from whisperfarm_store.ledger.transitions.statement import in_state

WORKER_HEARTBEAT_S = 2.0
"""How often a worker reports to the ledger that it is there."""

_MISSED_HEARTBEATS = 7
WORKER_LIVE_WITHIN_S = (_MISSED_HEARTBEATS + 0.5) * WORKER_HEARTBEAT_S
"""A worker whose last heartbeat is older than this counts as gone: seven in a row are missing, and
the next is late. A ledger that is unavailable for ten seconds makes no worker disappear."""


WORKER_STATES = ("ready", "not_ready", "draining")
"""How a worker stands. `not_ready`: it loads its models, or a dependency is unavailable to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSign:
    """A worker's sign of life. `ready` means that its models are loaded and it takes jobs.

    `draining` is the ledger's to say: somebody asked the worker to leave. Then it is not ready.
    """

    name: str
    presets: tuple[str, ...]
    concurrency: int
    pid: int
    host: str
    ready: bool
    draining: bool = False

    @property
    def state(self) -> str:
        """One of `WORKER_STATES`."""
        return "draining" if self.draining else "ready" if self.ready else "not_ready"


def seen(connection: Connection, sign: WorkerSign, *, anew: bool) -> bool:
    """Note the sign, in place of the worker's last one; whether the worker is asked to leave.

    `anew`: it is the first sign of a new process, and what an earlier one of that name was asked
    does not concern it.
    """
    values = {
        "host": sign.host,
        "pid": sign.pid,
        "presets": list(sign.presets),
        "concurrency": sign.concurrency,
        "ready": sign.ready,
        "seen_at": now_s(),
        **({"drain_asked": False} if anew else {}),
    }
    noting = insert_into(connection, workers).values(name=sign.name, **values)
    noted = noting.on_conflict_do_update(index_elements=["name"], set_=values)
    return bool(connection.scalar(noted.returning(workers.c.drain_asked)))


def ask_drain(connection: Connection, names: Collection[str]) -> None:
    """Ask these workers to leave; they hear of it with their next sign."""
    connection.execute(update(workers).where(workers.c.name.in_(names)).values(drain_asked=True))


def at_work(connection: Connection) -> dict[str, int]:
    """How many jobs each worker has, by name; those that have none are left out."""
    query = select(jobs.c.worker, func.count()).where(in_state(State.RUNNING))
    rows = connection.execute(query.group_by(jobs.c.worker))
    return {str(name): int(count) for name, count in rows}


def gone(connection: Connection, name: str) -> None:
    """The worker said good-bye."""
    connection.execute(delete(workers).where(workers.c.name == name))


def live(connection: Connection, *, within_s: float) -> list[WorkerSign]:
    """Those who were heard of within so many seconds, by name."""
    query = select(workers).where(workers.c.seen_at >= now_s() - within_s)
    return [
        WorkerSign(
            name=row.name,
            presets=tuple(row.presets),
            concurrency=row.concurrency,
            pid=row.pid,
            host=row.host,
            ready=row.ready and not row.drain_asked,
            draining=row.drain_asked,
        )
        for row in connection.execute(query.order_by(workers.c.name))
    ]
