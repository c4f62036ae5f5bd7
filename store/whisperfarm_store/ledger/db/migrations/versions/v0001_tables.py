"""All tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from whisperfarm_store.ledger.db import append_only, full_text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_NOT_HELD = "held_at IS NULL"
_UNFINISHED = "state IN ('queued', 'running')"
_JOB_INDEXES = {
    "jobs_of_reference": ("reference IS NOT NULL", ("tenant", "reference", "created_at", "id")),
    "jobs_of_key": ("key_id IS NOT NULL", ("tenant", "key_id", "created_at")),
    "jobs_to_approve": (
        "approval IS NOT NULL AND approved_revision IS NULL",
        ("tenant", "created_at", "id"),
    ),
    "jobs_of_batch": (
        "batch IS NOT NULL",
        (
            *("tenant", "batch", "created_at", "id"),
            *("state", "audio_s", "started_at", "finished_at"),
        ),
    ),
    "jobs_of_batch_unfinished": (f"batch IS NOT NULL AND {_UNFINISHED}", ("tenant", "batch")),
    "jobs_to_dispatch": (
        "state = 'queued' AND dispatched_at IS NULL",
        ("preset", "lane", "tenant", "created_at", "id", "available_at", "audio_s"),
    ),
    "jobs_dispatched": ("state = 'queued' AND dispatched_at IS NOT NULL", ("dispatched_at",)),
    "jobs_to_index": (
        "state = 'succeeded' AND result_deleted_at IS NULL AND text_revision IS NULL",
        ("finished_at",),
    ),
    "jobs_ended": ("finished_at IS NOT NULL", ("tenant", "finished_at")),
    "jobs_leased": ("state = 'running'", ("lease_until",)),
    "jobs_waiting": (_UNFINISHED, ("tenant", "preset", "state", "lane", "audio_s")),
    "jobs_due": (f"deadline_at IS NOT NULL AND {_UNFINISHED}", ("deadline_at",)),
    "jobs_unpolled": (f"poll_due_s IS NOT NULL AND {_UNFINISHED}", ("poll_due_s",)),
    "jobs_quarantined": ("quarantined_at IS NOT NULL", ("quarantined_at",)),
    "jobs_result_kept": (
        f"finished_at IS NOT NULL AND result_deleted_at IS NULL AND {_NOT_HELD}",
        ("finished_at",),
    ),
    "jobs_audio_kept": (
        f"finished_at IS NOT NULL AND audio_deleted_at IS NULL AND {_NOT_HELD}",
        ("finished_at",),
    ),
    "jobs_result_due": (
        f"results_due_at IS NOT NULL AND result_deleted_at IS NULL AND {_NOT_HELD}",
        ("results_due_at",),
    ),
    "jobs_audio_due": (
        f"audio_due_at IS NOT NULL AND audio_deleted_at IS NULL AND {_NOT_HELD}",
        ("audio_due_at",),
    ),
    "jobs_result_deleted": (
        f"finished_at IS NOT NULL AND result_deleted_at IS NOT NULL AND {_NOT_HELD}",
        ("finished_at",),
    ),
}


def upgrade() -> None:
    _jobs()
    _erasures()
    _idempotency()
    _workers()
    _callbacks()
    _cached_results()
    _pauses()
    _vocabularies()
    _speakers()
    _poll_clock()
    _api_keys()
    _sessions()
    _upload_tokens()
    _usage()
    _revisions()
    _forwards()
    _custody()
    _audit()
    _transcript_texts()
    full_text.create_index()
    append_only.create_triggers()


def downgrade() -> None:
    full_text.drop_index()
    for table in (
        "transcript_texts",
        "audit_entries",
        "custody_leaves",
        "custody_roots",
        "custody_personal",
        "custody_entries",
        "custody_chains",
        "forwards",
        "erasures",
        "revisions",
        "usage",
        "api_keys",
        "upload_tokens",
        "sessions",
        "vocabularies",
        "speakers",
        "job_voices",
        "poll_clock",
        "pauses",
        "cached_results",
        "unsubscribed_addresses",
        "callbacks",
        "idempotency",
        "workers",
        "jobs",
    ):
        op.drop_table(table)
    append_only.drop_function()


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("preset", sa.String(200), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("lane", sa.String(16), nullable=False, server_default="standard"),
        sa.Column("batch", sa.String(100)),
        sa.Column("reference", sa.String(200)),
        sa.Column("metadata", sa.JSON()),
        sa.Column("audio_key", sa.Text(), nullable=False),
        sa.Column("audio_sha256", sa.String(64), nullable=False),
        sa.Column("audio_inner_sha256", sa.String(64), nullable=True),
        sa.Column("audio_bytes", sa.BigInteger(), nullable=False),
        sa.Column("audio_filename", sa.Text(), nullable=False),
        sa.Column("audio_s", sa.Double()),
        sa.Column("audio_s_is_estimate", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double()),
        sa.Column("finished_at", sa.Double()),
        sa.Column("deadline_at", sa.Double()),
        sa.Column("poll_due_s", sa.Double()),
        sa.Column("available_at", sa.Double()),
        sa.Column("dispatched_at", sa.Double()),
        sa.Column("dispatch_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("result_deleted_at", sa.Double()),
        sa.Column("approval", sa.String(16)),
        sa.Column("approved_revision", sa.Integer()),
        sa.Column("text_revision", sa.Integer()),
        sa.Column("audio_deleted_at", sa.Double()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("worker_deaths", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("quarantined_at", sa.Double()),
        sa.Column("worker", sa.String(200)),
        sa.Column("lease_until", sa.Double()),
        sa.Column("stage", sa.String(16)),
        sa.Column("stage_fraction", sa.Double()),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("result_key", sa.Text()),
        sa.Column("problem", sa.JSON()),
        sa.Column("reply_to", sa.JSON()),
        sa.Column("key_id", sa.String(64)),
        sa.Column("speech_s", sa.Double()),
        sa.Column("audio_due_at", sa.Double()),
        sa.Column("results_due_at", sa.Double()),
        sa.Column("held_at", sa.Double()),
        sa.Column("hold_reason", sa.Text()),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')",
            name="jobs_state_known",
        ),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name="jobs_running_leased"
        ),
        sa.CheckConstraint(
            "(state = 'succeeded') = (result_key IS NOT NULL)", name="jobs_succeeded_result"
        ),
    )
    op.create_index("jobs_of_tenant", "jobs", ["tenant", "created_at", "id"])
    op.create_index("jobs_of_tenant_in_state", "jobs", ["tenant", "state", "created_at", "id"])
    op.create_index("jobs_of_filename", "jobs", ["tenant", "audio_filename", "created_at", "id"])
    for name, (where, columns) in _JOB_INDEXES.items():
        _partial(name, "jobs", where, *columns)


def _partial(name: str, table: str, where: str, *columns: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column(
            "job_id",
            sa.String(64),
            sa.ForeignKey("jobs.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key"),
    )
    op.create_index("ix_idempotency_job_id", "idempotency", ["job_id"])
    op.create_index("idempotency_oldest", "idempotency", ["created_at"])


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("presets", sa.JSON(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("drain_requested", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("heartbeat_at", sa.Double(), nullable=False),
    )


def _of_a_job() -> sa.Column[str]:
    return sa.Column(
        "job_id", sa.String(64), sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False
    )


def _callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(64), primary_key=True),
        _of_a_job(),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("protocol", sa.String(16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tries_before_replay", sa.Integer(), nullable=False),
        sa.Column("replayed_at", sa.Double()),
        sa.Column("next_at", sa.Double()),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double()),
    )
    op.create_index("ix_callbacks_job_id", "callbacks", ["job_id"])
    _partial("callbacks_due", "callbacks", "state = 'pending'", "next_at")
    op.create_table(
        "unsubscribed_addresses",
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("unsubscribed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "address"),
    )


def _revisions() -> None:
    op.create_table(
        "revisions",
        _of_a_job(),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("deleted_at", sa.Double()),
        sa.PrimaryKeyConstraint("job_id", "number"),
    )
    by_person = sa.text("kind IN ('corrected', 'approved')")
    op.create_index(
        "revisions_followed_once",
        "revisions",
        ["job_id", "parent"],
        unique=True,
        sqlite_where=by_person,
        postgresql_where=by_person,
    )
    op.create_index("revisions_of_blob", "revisions", ["key"])


def _forwards() -> None:
    op.create_table(
        "forwards",
        _of_a_job(),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double()),
        sa.Column("sent_bytes", sa.BigInteger(), nullable=False),
        sa.Column("hub_job", sa.String(64)),
        sa.Column("problem", sa.JSON(none_as_null=True)),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double()),
        sa.Column("finished_at", sa.Double()),
        sa.PrimaryKeyConstraint("job_id"),
    )
    _partial(
        "forwards_due",
        "forwards",
        "state IN ('waiting', 'sent', 'erasing')",
        "state",
        "created_at",
    )


def _erasures() -> None:
    op.create_table(
        "erasures",
        _of_a_job(),
        sa.Column("artifact", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "artifact"),
    )


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("preset", sa.String(200), primary_key=True),
        sa.Column("accept", sa.Boolean(), nullable=False),
        sa.Column("dispatch", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retry_after_s", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.Double(), nullable=False),
    )


def _poll_clock() -> None:
    op.create_table(
        "poll_clock",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("advanced_at", sa.Double(), nullable=False),
    )


def _cached_results() -> None:
    op.create_table(
        "cached_results",
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        _of_a_job(),
        sa.Column("result_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key"),
    )
    op.create_index("ix_cached_results_job_id", "cached_results", ["job_id"])


def _vocabularies() -> None:
    op.create_table(
        "vocabularies",
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )


def _speakers() -> None:
    op.create_table(
        "job_voices",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("speaker", sa.String(200), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("speech_s", sa.Double(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "speaker"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_job_voices_speaker", "job_voices", ["speaker"])
    op.create_table(
        "speakers",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("consent", sa.String(500), nullable=False),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("speaker", sa.String(200), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("speech_s", sa.Double(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_by", sa.String(200), nullable=False),
        sa.Column("enrolled_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double()),
    )
    columns = ["tenant", "job", "speaker"]
    op.create_index("speakers_of_tenant", "speakers", columns, unique=True)
    op.create_index("ix_speakers_expires_at", "speakers", ["expires_at"])


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("timestamp", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_entries_kind", "audit_entries", ["kind"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
    )
    op.create_index("sessions_of_tenant", "sessions", ["tenant", "created_at"])
    op.create_index("sessions_expired", "sessions", ["expires_at"])


def _upload_tokens() -> None:
    op.create_table(
        "upload_tokens",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("key_id", sa.String(200), nullable=False),
        sa.Column("is_subject", sa.Boolean(), nullable=False),
        sa.Column("audits_refusal", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
    )
    op.create_index("upload_tokens_of_tenant", "upload_tokens", ["tenant"])
    op.create_index("upload_tokens_expired", "upload_tokens", ["expires_at"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("role", sa.String(64)),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rate_limit", sa.String(64)),
        sa.Column("max_jobs_per_day", sa.BigInteger()),
        sa.Column("max_audio_s_per_day", sa.Double()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double()),
        sa.Column("revoked_at", sa.Double()),
        sa.Column("last_used_at", sa.Double()),
        sa.Column("replaced_by", sa.String(12)),
    )


def _custody() -> None:
    op.create_table(
        "custody_chains",
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False, server_default="0"),
    )
    _partial("custody_uncovered", "custody_chains", "covered < entries", "job_id")
    op.create_table(
        "custody_entries",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("timestamp", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number"),
    )
    op.create_table(
        "custody_personal",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", "field"),
    )
    op.create_table(
        "custody_roots",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_table(
        "custody_leaves",
        sa.Column("root", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("root", "job_id"),
    )


def _usage() -> None:
    op.create_table(
        "usage",
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("jobs", sa.BigInteger(), nullable=False),
        sa.Column("audio_s", sa.Double(), nullable=False),
        sa.Column("speech_s", sa.Double(), nullable=False),
        sa.Column("audio_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "day", "key_id", "state"),
    )


def _transcript_texts() -> None:
    op.create_table(
        "transcript_texts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_transcript_texts_job_id", "transcript_texts", ["job_id"])
