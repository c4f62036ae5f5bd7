"""A database's troubles in the farm's words."""

from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from tests.support.jobs import new_job
from whisperfarm_contract.problems import FarmFault, FarmUnavailable, StorageFull
from whisperfarm_store.ledger import open_ledger
from whisperfarm_store.ledger.db.errors import named
from whisperfarm_store.settings import StoreSettings


def test_a_full_disk_is_named() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 3"))
        connection.execute(text("CREATE TABLE t (x BLOB)"))
        with pytest.raises(StorageFull), named("here"):
            connection.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))
    engine.dispose()


def test_a_database_that_is_away_is_named_with_the_reason(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/nowhere/ledger.sqlite")
    with pytest.raises(FarmUnavailable), structlog.testing.capture_logs() as logs:
        ledger.get("j1")
    [line] = logs
    assert f"{tmp_path}/nowhere" in line["ledger"]
    assert "unable to open" in line["error"]


def test_a_caller_is_not_told_where_the_ledger_is_nor_what_its_server_said(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/nowhere/ledger.sqlite")
    with pytest.raises(FarmUnavailable) as raised:
        ledger.get("j1")
    assert raised.value.detail == "the ledger is unavailable; see the farm's log"


def test_a_password_is_in_no_log_line() -> None:
    ledger = open_ledger("postgresql://farm:secret@127.0.0.1:1/farm?connect_timeout=1")
    with pytest.raises(FarmUnavailable) as raised, structlog.testing.capture_logs() as logs:
        ledger.get("j1")
    assert "secret" not in f"{logs} {raised.value.detail}"
    assert "127.0.0.1" in logs[0]["ledger"]


def test_a_file_that_is_no_database_is_named(settings: StoreSettings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "ledger.sqlite").write_text("not a database, " * 100)
    with pytest.raises(FarmFault, match="damaged"):
        open_ledger(settings.ledger_url).migrate()


def test_a_ledger_that_was_never_migrated_is_named(settings: StoreSettings) -> None:
    settings.data_dir.mkdir()
    ledger = open_ledger(settings.ledger_url)
    with pytest.raises(FarmUnavailable), structlog.testing.capture_logs() as logs:
        ledger.insert(new_job())
    assert "no such table" in logs[0]["error"]
    ledger.close()


@pytest.mark.parametrize("error", [ZeroDivisionError(), IntegrityError("INSERT", {}, Exception())])
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)), named("here"):
        raise error
