"""The ledger: the database of jobs, and the only source of a job's state.

- `ledger`: all operations, one transaction each
- `transitions`: all changes of a job's state
- `submit`, `dispatch`, `rescue`: new jobs, jobs for the broker, jobs that are stuck
- `queries`, `backlog`: jobs as callers see them, and the amount of unfinished work
- `callbacks`, `workers`, `cache`, `quarantine`, `retention`: other records about jobs and workers
- `rows`: converts rows to jobs and back
- `db`: the connection, the tables and their migrations
"""

from whisperfarm_store.ledger.backlog import Drained, Load, Share
from whisperfarm_store.ledger.cache import Cached
from whisperfarm_store.ledger.callbacks import Callback, Outcome
from whisperfarm_store.ledger.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.retention import Swept
from whisperfarm_store.ledger.submit import Idempotency
from whisperfarm_store.ledger.transitions.attempts import LeaseLost, Pulse
from whisperfarm_store.ledger.workers import (
    WORKER_HEARTBEAT_S,
    WORKER_LIVE_WITHIN_S,
    WORKER_STATES,
    WorkerSign,
)

__all__ = [
    "WORKER_HEARTBEAT_S",
    "WORKER_LIVE_WITHIN_S",
    "WORKER_STATES",
    "Cached",
    "Callback",
    "Drained",
    "Idempotency",
    "LeaseLost",
    "Ledger",
    "Load",
    "Outcome",
    "Pulse",
    "Share",
    "Swept",
    "WorkerSign",
    "open_ledger",
]
