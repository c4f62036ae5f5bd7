"""Terms of jobs, callbacks, cached results, workers that are asked to leave."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LIVE = "state IN ('queued', 'running')"
_NEW_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"),
    sa.Column("deadline_at", sa.Double()),
    sa.Column("releases", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("swept_at", sa.Double()),
    sa.Column("audio_swept_at", sa.Double()),
    sa.Column("kills", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("quarantined_at", sa.Double()),
    sa.Column("reply", sa.JSON()),
)
_TO_RELEASE = "state = 'queued' AND released_at IS NULL"
_OLDEST_FIRST = ("preset", "created_at", "id")
_INDEXES = {
    "jobs_waiting": (_LIVE, ("tenant", "preset", "state", "audio_s")),
    "jobs_due": (f"deadline_at IS NOT NULL AND {_LIVE}", ("deadline_at",)),
    "jobs_quarantined": ("quarantined_at IS NOT NULL", ("quarantined_at",)),
    "jobs_unswept": ("finished_at IS NOT NULL AND swept_at IS NULL", ("finished_at",)),
    "jobs_audio_unswept": (
        "finished_at IS NOT NULL AND audio_swept_at IS NULL",
        ("finished_at",),
    ),
    "jobs_swept": ("finished_at IS NOT NULL AND swept_at IS NOT NULL", ("finished_at",)),
}


def upgrade() -> None:
    for column in _NEW_COLUMNS:
        op.add_column("jobs", column)
    for name, (where, columns) in _INDEXES.items():
        _partial(name, "jobs", where, *columns)
    op.create_index("idempotency_oldest", "idempotency", ["created_at"])
    op.drop_index("jobs_to_release", "jobs")
    _partial("jobs_to_release", "jobs", _TO_RELEASE, *_OLDEST_FIRST, "audio_s")
    op.add_column(
        "workers",
        sa.Column("drain_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _callbacks()
    _cached_results()


def downgrade() -> None:
    for table in ("callbacks", "callback_stops", "cached_results"):
        op.drop_table(table)
    op.drop_column("workers", "drain_asked")
    op.drop_index("idempotency_oldest", "idempotency")
    for name in (*_INDEXES, "jobs_to_release"):
        op.drop_index(name, "jobs")
    _partial("jobs_to_release", "jobs", _TO_RELEASE, *_OLDEST_FIRST)
    for column in _NEW_COLUMNS:
        op.drop_column("jobs", column.name)


def _partial(name: str, table: str, where: str, *columns: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
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
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tries_before", sa.Integer(), nullable=False),
        sa.Column("replayed_at", sa.Double()),
        sa.Column("next_at", sa.Double()),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double()),
    )
    op.create_index("ix_callbacks_job_id", "callbacks", ["job_id"])
    _partial("callbacks_due", "callbacks", "state = 'pending'", "next_at")
    op.create_table(
        "callback_stops",
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "address"),
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
