"""The full-text index of `transcript_texts`: FTS5 in SQLite, GIN in PostgreSQL."""

from alembic import op

INDEX = "transcript_terms"
"""The virtual table of SQLite, and the index of PostgreSQL."""

_ADD = f"INSERT INTO {INDEX}(rowid, terms) VALUES (new.id, new.terms);"  # noqa: S608
_REMOVE = f"INSERT INTO {INDEX}({INDEX}, rowid, terms) VALUES ('delete', old.id, old.terms);"  # noqa: S608
_FTS5 = f"""
CREATE VIRTUAL TABLE {INDEX} USING fts5(
    terms, content='transcript_texts', content_rowid='id',
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
)
"""


def create_index() -> None:
    """Create the index, and what keeps it up to date in each transaction."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX {INDEX} ON transcript_texts USING gin (terms)")
        return
    op.execute(_FTS5)
    for change, statement in (("INSERT", _ADD), ("DELETE", _REMOVE)):
        op.execute(
            f"CREATE TRIGGER {INDEX}_{change.lower()} AFTER {change} ON transcript_texts"
            f" BEGIN {statement} END"
        )


def drop_index() -> None:
    """Drop the index of SQLite; PostgreSQL drops it with the table."""
    if op.get_context().dialect.name != "postgresql":
        op.execute(f"DROP TABLE {INDEX}")
