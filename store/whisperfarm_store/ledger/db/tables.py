"""The tables of the ledger. Times are seconds since 1970 by the database's clock.

The migrations create them; a test compares the two.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.floats import Floats

metadata = MetaData()

_STATES = ", ".join(f"'{state}'" for state in JobState)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("preset", String(200), nullable=False),
    Column("options", JSON, nullable=False),
    Column("policy", JSON, nullable=False, server_default="{}"),
    Column("lane", String(16), nullable=False, server_default="standard"),  # that of the policy
    Column("batch", String(100)),
    Column("reference", String(200)),
    Column("metadata", JSON(none_as_null=True)),
    Column("audio_key", Text, nullable=False),
    Column("audio_sha256", String(64), nullable=False),
    Column("audio_inner_sha256", String(64)),  # null: no second WAV header precedes the recording
    Column("audio_bytes", BigInteger, nullable=False),
    Column("audio_filename", Text, nullable=False),
    Column("audio_s", Double),
    Column("audio_s_is_estimate", Boolean, nullable=False, server_default=false()),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("deadline_at", Double),
    Column("poll_due_s", Double),  # time of the poll clock at which it is cancelled; null: never
    Column("available_at", Double),  # when a queued job may be dispatched; null: at once
    Column("dispatched_at", Double),  # when it was last dispatched; null: not since it was queued
    Column("dispatch_count", Integer, nullable=False, server_default="0"),  # since last queued
    Column("result_deleted_at", Double),  # when its results were deleted
    Column("approval", String(16)),  # that of the policy; null: none is required
    Column("approved_revision", Integer),  # number of the newest one
    Column("text_revision", Integer),  # the one whose text is indexed; null: none yet
    Column("audio_deleted_at", Double),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),  # attempts that count
    Column("max_attempts", Integer, nullable=False),
    Column("worker_deaths", Integer, nullable=False, server_default="0"),
    Column("quarantined_at", Double),  # null: not in quarantine
    Column("worker", String(200)),
    Column("lease_until", Double),
    Column("stage", String(16)),
    Column("stage_fraction", Double),
    Column("cancel_requested", Boolean, nullable=False),
    Column("result_key", Text),
    Column("problem", JSON(none_as_null=True)),
    Column("reply_to", JSON(none_as_null=True)),
    Column("key_id", String(64)),  # the key or the token that submitted it; null: neither
    Column("speech_s", Double),  # of the transcript
    Column("audio_due_at", Double),  # when the job's own days end; null: it has none, as the next
    Column("results_due_at", Double),
    Column("held_at", Double),  # null: no legal hold
    Column("hold_reason", Text),
    CheckConstraint(f"state IN ({_STATES})", name="jobs_state_known"),
    CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="jobs_running_leased"),
    CheckConstraint(
        "(state = 'succeeded') = (result_key IS NOT NULL)", name="jobs_succeeded_result"
    ),
)

Index("jobs_of_tenant", jobs.c.tenant, jobs.c.created_at, jobs.c.id)
Index("jobs_of_tenant_in_state", jobs.c.tenant, jobs.c.state, jobs.c.created_at, jobs.c.id)

Index("jobs_of_filename", jobs.c.tenant, jobs.c.audio_filename, jobs.c.created_at, jobs.c.id)


def _partial(name: str, where: str, *columns: Column[object]) -> None:
    """Define an index that covers only some rows, so that finished ones do not enlarge it."""
    Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_partial(
    "jobs_of_reference",
    "reference IS NOT NULL",
    jobs.c.tenant,
    jobs.c.reference,
    jobs.c.created_at,
    jobs.c.id,
)
_partial("jobs_of_key", "key_id IS NOT NULL", jobs.c.tenant, jobs.c.key_id, jobs.c.created_at)
_partial(
    "jobs_to_approve",
    "approval IS NOT NULL AND approved_revision IS NULL",
    jobs.c.tenant,
    jobs.c.created_at,
    jobs.c.id,
)
_partial(
    "jobs_of_batch",
    "batch IS NOT NULL",
    jobs.c.tenant,
    jobs.c.batch,
    jobs.c.created_at,
    jobs.c.id,
    *(jobs.c.state, jobs.c.audio_s, jobs.c.started_at, jobs.c.finished_at),  # to count them
)
_partial(
    "jobs_of_batch_unfinished",
    "batch IS NOT NULL AND state IN ('queued', 'running')",
    jobs.c.tenant,
    jobs.c.batch,
)
_partial(
    "jobs_to_dispatch",
    "state = 'queued' AND dispatched_at IS NULL",
    jobs.c.preset,
    jobs.c.lane,
    jobs.c.tenant,
    jobs.c.created_at,
    jobs.c.id,
    jobs.c.available_at,
    jobs.c.audio_s,
)
_partial("jobs_dispatched", "state = 'queued' AND dispatched_at IS NOT NULL", jobs.c.dispatched_at)
_partial(
    "jobs_to_index",
    "state = 'succeeded' AND result_deleted_at IS NULL AND text_revision IS NULL",
    jobs.c.finished_at,
)
_partial("jobs_ended", "finished_at IS NOT NULL", jobs.c.tenant, jobs.c.finished_at)
_partial("jobs_leased", "state = 'running'", jobs.c.lease_until)
_partial(
    "jobs_waiting",
    "state IN ('queued', 'running')",
    jobs.c.tenant,
    jobs.c.preset,
    jobs.c.state,
    jobs.c.lane,
    jobs.c.audio_s,
)
_partial(
    "jobs_due",
    "deadline_at IS NOT NULL AND state IN ('queued', 'running')",
    jobs.c.deadline_at,
)
_partial(
    "jobs_unpolled",
    "poll_due_s IS NOT NULL AND state IN ('queued', 'running')",
    jobs.c.poll_due_s,
)
_partial("jobs_quarantined", "quarantined_at IS NOT NULL", jobs.c.quarantined_at)
_partial(
    "jobs_result_kept",
    "finished_at IS NOT NULL AND result_deleted_at IS NULL AND held_at IS NULL",
    jobs.c.finished_at,
)
_partial(
    "jobs_audio_kept",
    "finished_at IS NOT NULL AND audio_deleted_at IS NULL AND held_at IS NULL",
    jobs.c.finished_at,
)
_partial(
    "jobs_result_due",
    "results_due_at IS NOT NULL AND result_deleted_at IS NULL AND held_at IS NULL",
    jobs.c.results_due_at,
)
_partial(
    "jobs_audio_due",
    "audio_due_at IS NOT NULL AND audio_deleted_at IS NULL AND held_at IS NULL",
    jobs.c.audio_due_at,
)
_partial(
    "jobs_result_deleted",
    "finished_at IS NOT NULL AND result_deleted_at IS NOT NULL AND held_at IS NULL",
    jobs.c.finished_at,
)

erasures = Table(  # deletions of blobs that have begun and not ended
    "erasures",
    metadata,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("artifact", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("begun_at", Double, nullable=False),
    PrimaryKeyConstraint("job_id", "artifact"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("tenant", String(200), nullable=False),
    Column("key", String(200), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column(
        "job_id",
        # Deferred: the key is inserted before its job, in the same transaction.
        ForeignKey("jobs.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
        index=True,
    ),
    Column("created_at", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "key"),
)

Index("idempotency_oldest", idempotency.c.created_at)

workers = Table(
    "workers",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("presets", JSON, nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("drain_requested", Boolean, nullable=False, server_default=false()),
    Column("heartbeat_at", Double, nullable=False),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(64), primary_key=True),  # the webhook-id, the same in every attempt
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("tenant", String(200), nullable=False),
    Column("protocol", String(16), nullable=False),  # http: to an address; amqp: to a reply queue
    Column("address", Text, nullable=False),
    Column("endpoint", Text, nullable=False),  # host and port, or the broker
    Column("event", String(64), nullable=False),
    Column("revision", Integer),  # number of the revision that it reports; null: the job's end
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),  # pending, delivered or failed
    Column("tries", Integer, nullable=False),
    Column("tries_before_replay", Integer, nullable=False),  # before the last replay by an operator
    Column("replayed_at", Double),  # time of that replay
    Column("next_at", Double),  # when it is due; during an attempt, when its lease expires
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("created_at", Double, nullable=False),
    Column("finished_at", Double),
)

_partial("callbacks_due", "state = 'pending'", callbacks.c.next_at)

revisions = Table(  # all but the first one of each job, which is the machine's result
    "revisions",
    metadata,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("tenant", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("parent", Integer, nullable=False),
    Column("author", String(200), nullable=False),
    Column("note", Text),
    Column("tags", JSON, nullable=False),
    Column("key", Text, nullable=False),  # the blob; an approval has that of its parent
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("deleted_at", Double),  # when its blob was deleted
    PrimaryKeyConstraint("job_id", "number"),
)

Index(  # one correction or approval follows a revision, so that none is lost
    "revisions_followed_once",
    revisions.c.job_id,
    revisions.c.parent,
    unique=True,
    sqlite_where=text("kind IN ('corrected', 'approved')"),
    postgresql_where=text("kind IN ('corrected', 'approved')"),
)
Index("revisions_of_blob", revisions.c.key)

forwards = Table(  # of jobs of an edge farm to its hub
    "forwards",
    metadata,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("tenant", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),  # claims; the fencing token of the current one
    Column("failures", Integer, nullable=False),  # since something last succeeded
    Column("next_at", Double),  # when it is due; during a try, when its lease expires
    Column("sent_bytes", BigInteger, nullable=False),
    Column("hub_job", String(64)),  # id of the hub's job
    Column("problem", JSON(none_as_null=True)),  # why it failed for good
    Column("last_error", Text),
    Column("created_at", Double, nullable=False),
    Column("sent_at", Double),  # when the hub accepted its job
    Column("finished_at", Double),
    PrimaryKeyConstraint("job_id"),
)

_partial(
    "forwards_due",
    "state IN ('waiting', 'sent', 'erasing')",
    forwards.c.state,
    forwards.c.created_at,
)

unsubscribed_addresses = Table(
    "unsubscribed_addresses",
    metadata,
    Column("tenant", String(200), nullable=False),
    Column("address", Text, nullable=False),
    Column("unsubscribed_at", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "address"),
)

poll_clock = Table(  # one row
    "poll_clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("time_s", Double, nullable=False),  # seconds in which a dispatcher was alive
    Column("advanced_at", Double, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("preset", String(200), primary_key=True),  # empty: the whole farm
    Column("accept", Boolean, nullable=False),  # new jobs are refused
    Column("dispatch", Boolean, nullable=False),  # queued jobs wait
    Column("reason", Text, nullable=False),
    Column("retry_after_s", Integer, nullable=False),
    Column("paused_at", Double, nullable=False),
)

vocabularies = Table(
    "vocabularies",
    metadata,
    Column("tenant", String(200), nullable=False),
    Column("name", String(64), nullable=False),
    Column("words", JSON, nullable=False),
    Column("updated_at", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)

job_voices = Table(  # of the speakers of jobs with `keep_voices`, as long as their transcripts
    "job_voices",
    metadata,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("speaker", String(200), nullable=False, index=True),
    Column("model", String(64), nullable=False),  # digest of the model that computed the embedding
    Column("speech_s", Double, nullable=False),
    Column("embedding", Floats, nullable=False),
    PrimaryKeyConstraint("job_id", "speaker"),
)

speakers = Table(  # the voices that tenants have enrolled; a name may have several
    "speakers",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("name", String(60), nullable=False),
    Column("consent", String(500), nullable=False),
    Column("job", String(64), nullable=False),  # which may be deleted by now
    Column("speaker", String(200), nullable=False),  # its name in the transcript of the job
    Column("model", String(64), nullable=False),
    Column("speech_s", Double, nullable=False),
    Column("embedding", Floats, nullable=False),
    Column("enrolled_by", String(200), nullable=False),
    Column("enrolled_at", Double, nullable=False),
    Column("expires_at", Double, index=True),
    Index("speakers_of_tenant", "tenant", "job", "speaker", unique=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("role", String(64)),  # null: `permissions` say what the key permits
    Column("permissions", JSON, nullable=False),
    Column("name", String(200), nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the secret
    Column("rate_limit", String(64)),
    Column("max_jobs_per_day", BigInteger),  # null: unlimited, as the next one
    Column("max_audio_s_per_day", Double),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
    Column("last_used_at", Double),
    Column("replaced_by", String(12)),  # the key that a rotation made
)

sessions = Table(  # of the page for people
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("tenant", String(200), nullable=False),
    Column("sealed_key", Text, nullable=False),  # the API key or token, encrypted with the cookie
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

Index("sessions_of_tenant", sessions.c.tenant, sessions.c.created_at)
Index("sessions_expired", sessions.c.expires_at)

upload_tokens = Table(  # each permits one upload
    "upload_tokens",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the secret
    Column("fields", JSON, nullable=False),  # options, policy and labels of the job
    Column("key_id", String(200), nullable=False),  # of the caller that created it, or its subject
    Column("is_subject", Boolean, nullable=False),
    Column("audits_refusal", Boolean, nullable=False),  # its first refusal is for the audit log
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

Index("upload_tokens_of_tenant", upload_tokens.c.tenant)
Index("upload_tokens_expired", upload_tokens.c.expires_at)

custody_chains = Table(  # one row for each job with a chain of custody; it outlives the job
    "custody_chains",
    metadata,
    Column("job_id", String(64), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("entries", Integer, nullable=False),  # number of the last one
    Column("covered", Integer, nullable=False, server_default="0"),  # how many a root covers
)

_partial("custody_uncovered", "covered < entries", custody_chains.c.job_id)

custody_entries = Table(  # append-only: a trigger refuses changes
    "custody_entries",
    metadata,
    Column("job_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("timestamp", String(32), nullable=False),  # text, because it is hashed
    Column("kind", String(32), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON
    Column("previous", String(64), nullable=False),  # hash of the entry before it
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("job_id", "number"),
)

custody_personal = Table(  # salts and values of commitments in entries; may be erased
    "custody_personal",
    metadata,
    Column("job_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("field", String(64), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("job_id", "number", "field"),
)

custody_roots = Table(  # append-only
    "custody_roots",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),  # canonical JSON with the signature
)

custody_leaves = Table(  # append-only: the heads of the chains that a root covers
    "custody_leaves",
    metadata,
    Column("root", Integer, nullable=False),
    Column("job_id", String(64), nullable=False),
    Column("entries", Integer, nullable=False),
    PrimaryKeyConstraint("root", "job_id"),
)

audit_entries = Table(  # append-only: one chain for the farm
    "audit_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("timestamp", String(32), nullable=False),  # text, because it is hashed
    Column("kind", String(32), nullable=False, index=True),
    Column("body", Text, nullable=False),  # canonical JSON
    Column("previous", String(64), nullable=False),  # hash of the entry before it
    Column("hash", String(64), nullable=False),
)

usage = Table(  # of the jobs that retention has deleted
    "usage",
    metadata,
    Column("tenant", String(200), nullable=False),
    Column("day", Integer, nullable=False),  # days since 1970 in UTC, by the time of submission
    Column("key_id", String(64), nullable=False),  # empty: neither a key nor a token
    Column("state", String(16), nullable=False),
    Column("jobs", BigInteger, nullable=False),
    Column("audio_s", Double, nullable=False),
    Column("speech_s", Double, nullable=False),
    Column("audio_bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "day", "key_id", "state"),
)

cached_results = Table(
    "cached_results",
    metadata,
    Column("tenant", String(200), nullable=False),
    Column("key", String(64), nullable=False),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("result_key", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "key"),
)

transcript_texts = Table(  # the parts of the texts that the search finds; `full_text` indexes them
    "transcript_texts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("terms", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)
