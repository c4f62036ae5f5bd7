"""Migrations create the tables that the code declares."""

import fcntl
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.db import full_text
from whisperfarm_store.ledger.db.migration import config
from whisperfarm_store.ledger.db.tables import metadata
from whisperfarm_store.settings import StoreSettings


def test_migrations_match_the_tables(ledger: Ledger) -> None:
    with ledger.database.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_not_fts5})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("table", metadata.tables)
def test_migrations_match_constraints_and_partial_indexes(ledger: Ledger, table: str) -> None:
    with ledger.database.engine.begin() as connection:
        made = inspect(connection)
        keys = made.get_pk_constraint(table)["constrained_columns"]
        checks = {one["name"] for one in made.get_check_constraints(table)}
    known = metadata.tables[table]
    assert keys == [column.name for column in known.primary_key]
    assert checks == {one.name for one in known.constraints if isinstance(one, CheckConstraint)}


def test_migrations_can_be_downgraded(ledger: Ledger) -> None:
    with ledger.database.engine.begin() as connection:
        command.downgrade(config(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    ledger.migrate()
    assert ledger.dispatch.list_available(1) == []


def test_migrate_waits_for_another_process(settings: StoreSettings) -> None:
    settings.data_dir.mkdir()
    ledger = open_ledger(settings.resolved_database_url)
    migrating = threading.Thread(target=ledger.migrate)
    with (settings.data_dir / "ledger.sqlite.migrating").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        migrating.start()
        migrating.join(timeout=0.5)
        assert migrating.is_alive()
    migrating.join(timeout=30)
    assert ledger.dispatch.list_available(1) == []
    ledger.close()


def test_migrate_prints_nothing(settings: StoreSettings, capfd: pytest.CaptureFixture[str]) -> None:
    ledger = open_ledger(settings.resolved_database_url)
    ledger.migrate()
    ledger.close()
    assert capfd.readouterr() == ("", "")


def test_ledger_folder_is_readable_by_the_owner_only(settings: StoreSettings) -> None:
    ledger = open_ledger(settings.resolved_database_url)
    ledger.migrate()
    ledger.close()
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700


def test_ledger_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ledger = open_ledger(f"sqlite:///{tmp_path}/file/ledger.sqlite")
    with pytest.raises(InvalidSettings, match="WHISPERFARM_DATA_DIR"):
        ledger.migrate()


def _is_not_fts5(name: str | None, kind: str, _: object) -> bool:
    return kind != "table" or not (name or "").startswith(full_text.INDEX)
