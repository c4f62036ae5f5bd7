"""The ledger: the database of jobs, and the only source of a job's state.

- `ledger`: all operations, one transaction each
- `transitions`: all changes of a job's state
- `submit`, `dispatch`, `rescue`: new jobs, jobs for the broker, jobs that are stuck
- `queries`, `backlog`: jobs as callers see them, and the amount of unfinished work
- `callbacks`, `workers`, `cache`, `quarantine`, `retention`: other records about jobs and workers
- `rows`: converts rows to jobs and back
- `db`: the connection, the tables and their migrations
"""

from whisperfarm_store.ledger.backlog import GroupLoad, Throughput, Workload
from whisperfarm_store.ledger.cache import CachedResult
from whisperfarm_store.ledger.callbacks import Callback, DeliveryResult
from whisperfarm_store.ledger.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.retention import Artifact
from whisperfarm_store.ledger.submit import Idempotency
from whisperfarm_store.ledger.transitions.attempts import HeartbeatReply, LeaseLost
from whisperfarm_store.ledger.workers import (
    WORKER_HEARTBEAT_S,
    WORKER_LIVE_WITHIN_S,
    WORKER_STATES,
    WorkerHeartbeat,
)

__all__ = [
    "WORKER_HEARTBEAT_S",
    "WORKER_LIVE_WITHIN_S",
    "WORKER_STATES",
    "Artifact",
    "CachedResult",
    "Callback",
    "DeliveryResult",
    "GroupLoad",
    "HeartbeatReply",
    "Idempotency",
    "LeaseLost",
    "Ledger",
    "Throughput",
    "WorkerHeartbeat",
    "Workload",
    "open_ledger",
]
