"""Triggers that refuse changes of the rows of append-only tables."""

from alembic import op

TABLES = ("custody_entries", "custody_roots", "custody_leaves", "audit_entries")

_REASON = "the table is append-only"
_CHANGES = ("UPDATE", "DELETE")

_POSTGRESQL_FUNCTION = f"""
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_REASON}';
END $$
"""


def create_triggers() -> None:
    """Create the triggers of all append-only tables."""
    if op.get_context().dialect.name == "postgresql":
        _create_for_postgresql()
    else:
        _create_for_sqlite()


def drop_function() -> None:
    """Drop what remains after the tables are dropped with their triggers."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _create_for_postgresql() -> None:
    op.execute(_POSTGRESQL_FUNCTION)
    for table in TABLES:
        for change in (*_CHANGES, "TRUNCATE"):
            each = "STATEMENT" if change == "TRUNCATE" else "ROW"
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )


def _create_for_sqlite() -> None:
    for table in TABLES:
        for change in _CHANGES:
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_REASON}'); END"
            )
