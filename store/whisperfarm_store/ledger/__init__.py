"""The ledger: the database of jobs, and the only source of a job's state.

- `ledger`: the database with all subjects below, each an attribute of `Ledger`
- `jobs`, `job_filter`: jobs as callers see them, and which of them to list
- `changes`: jobs whose state has changed, for those who follow lists
- `revisions`: corrections and approvals of transcripts
- `batches`: the jobs that a caller counts and cancels together
- `attempts`: claims, leases and ends of attempts
- `dispatch`: jobs for the broker, and jobs that are stuck
- `available`, `in_flight`: jobs that may be dispatched, and those that are dispatched or run
- `backlog`, `jobs_ahead`, `workload`: the amount of unfinished work, and of that before a job
- `pauses`: what an operator keeps from being accepted or dispatched
- `vocabularies`: lists of words that tenants keep
- `speakers`: voices of jobs, and those that tenants have enrolled
- `api_keys`, `key_text`: the keys that operators hand out, and the form of their text
- `audit_log`: who changed what the farm permits and how it runs
- `search`: the texts of transcripts, by which jobs are found
- `sessions`: people who are signed in to the page
- `upload_tokens`, `upload_token_audit`: permissions for one upload, and their audit
- `usage`: what tenants and their keys have used, by day
- `blob_references`: the blobs that jobs need
- `custody`: the chain of custody of each job
- `forwards`: what is sent of jobs to a hub
- `snapshots`: all rows at one time, for a backup, and their restoration
- `polls`: requests of callers for their jobs, and the jobs that have had none for too long
- `callbacks`, `workers`, `cache`, `retention`: other records, and their deletion
- `erasures`, `holds`: deletions that have begun, and legal holds, which forbid them
- `transitions`: the statements that change a job's state
- `db`: the connection, the tables and their migrations
"""

from whisperfarm_store.ledger.api_keys import ApiKey, ApiKeys, KeyGrant, KeyState
from whisperfarm_store.ledger.attempts import Attempts, HeartbeatReply
from whisperfarm_store.ledger.audit_log import AuditLog
from whisperfarm_store.ledger.available import AvailableJob
from whisperfarm_store.ledger.backlog import GroupLoad, Throughput
from whisperfarm_store.ledger.batches import Batch
from whisperfarm_store.ledger.blob_references import (
    BlobReference,
    references_of,
    revision_reference,
)
from whisperfarm_store.ledger.cache import CachedResult, CacheIndex
from whisperfarm_store.ledger.callbacks import Callback, DeliveryResult
from whisperfarm_store.ledger.custody import Audit, Chain, ChainRow, Custody, LeafRow, Origin
from whisperfarm_store.ledger.forwards import Forward, ForwardTotals
from whisperfarm_store.ledger.in_flight import InFlightJob
from whisperfarm_store.ledger.job_filter import JobFilter
from whisperfarm_store.ledger.jobs import Jobs
from whisperfarm_store.ledger.jobs_ahead import JobsAhead
from whisperfarm_store.ledger.key_text import UPLOAD_TOKEN, KeyText, parse_key_text
from whisperfarm_store.ledger.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.pauses import WHOLE_FARM, Pause
from whisperfarm_store.ledger.revisions import Revisions
from whisperfarm_store.ledger.search import MAX_QUERY_CHARS, TextQuery, pieces, read_query
from whisperfarm_store.ledger.snapshots import Row, Snapshot
from whisperfarm_store.ledger.speakers import Speaker
from whisperfarm_store.ledger.transitions.attempt_end import LeaseLost
from whisperfarm_store.ledger.transitions.erase import ARTIFACTS, Artifact
from whisperfarm_store.ledger.transitions.revise import NewRevision
from whisperfarm_store.ledger.transitions.submit import Idempotency
from whisperfarm_store.ledger.upload_tokens import UploadGrant, UploadToken
from whisperfarm_store.ledger.usage import DAY_S, UsageOfDay, UseToday
from whisperfarm_store.ledger.vocabularies import Vocabulary
from whisperfarm_store.ledger.workers import (
    WORKER_HEARTBEAT_S,
    WORKER_LIVE_WITHIN_S,
    WORKER_STATES,
    WorkerHeartbeat,
    Workers,
)
from whisperfarm_store.ledger.workload import Workload, known_or_estimated_s

__all__ = [
    "ARTIFACTS",
    "DAY_S",
    "MAX_QUERY_CHARS",
    "UPLOAD_TOKEN",
    "WHOLE_FARM",
    "WORKER_HEARTBEAT_S",
    "WORKER_LIVE_WITHIN_S",
    "WORKER_STATES",
    "ApiKey",
    "ApiKeys",
    "Artifact",
    "Attempts",
    "Audit",
    "AuditLog",
    "AvailableJob",
    "Batch",
    "BlobReference",
    "CacheIndex",
    "CachedResult",
    "Callback",
    "Chain",
    "ChainRow",
    "Custody",
    "DeliveryResult",
    "Forward",
    "ForwardTotals",
    "GroupLoad",
    "HeartbeatReply",
    "Idempotency",
    "InFlightJob",
    "JobFilter",
    "Jobs",
    "JobsAhead",
    "KeyGrant",
    "KeyState",
    "KeyText",
    "LeafRow",
    "LeaseLost",
    "Ledger",
    "NewRevision",
    "Origin",
    "Pause",
    "Revisions",
    "Row",
    "Snapshot",
    "Speaker",
    "TextQuery",
    "Throughput",
    "UploadGrant",
    "UploadToken",
    "UsageOfDay",
    "UseToday",
    "Vocabulary",
    "WorkerHeartbeat",
    "Workers",
    "Workload",
    "known_or_estimated_s",
    "open_ledger",
    "parse_key_text",
    "pieces",
    "read_query",
    "references_of",
    "revision_reference",
]
