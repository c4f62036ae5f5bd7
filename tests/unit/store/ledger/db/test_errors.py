"""Errors of the database become problems of the farm."""

from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from tests.support.jobs import new_job
from whisperfarm_contract.problems import FarmUnavailable, InvalidSettings, StorageFull
from whisperfarm_store.ledger import open_ledger
from whisperfarm_store.ledger.db.errors import translate_errors
from whisperfarm_store.settings import StoreSettings


def test_full_disk_raises_storage_full() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 3"))
        connection.execute(text("CREATE TABLE t (x BLOB)"))
        with pytest.raises(StorageFull), translate_errors("here"):
            connection.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))
    engine.dispose()


def test_unavailable_database_is_logged_with_the_reason(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/nowhere/ledger.sqlite")
    with pytest.raises(FarmUnavailable), structlog.testing.capture_logs() as logs:
        ledger.jobs.get("j1")
    [line] = logs
    assert f"{tmp_path}/nowhere" in line["ledger"]
    assert "unable to open" in line["error"]


def test_outage_is_logged_when_it_begins_and_when_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    ledger = open_ledger(f"sqlite:///{folder}/ledger.sqlite")
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(FarmUnavailable):
                ledger.check()
        folder.mkdir()
        ledger.check()
        ledger.check()
    ledger.close()
    assert [line["event"] for line in logs] == ["ledger.error", "ledger.available"]


def test_problem_hides_the_server_and_its_message(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/nowhere/ledger.sqlite")
    with pytest.raises(FarmUnavailable) as raised:
        ledger.jobs.get("j1")
    assert raised.value.detail == "the ledger is unavailable; see the farm's log"


def test_password_is_not_logged() -> None:
    ledger = open_ledger("postgresql://farm:secret@127.0.0.1:1/farm?connect_timeout=1")
    with pytest.raises(FarmUnavailable) as raised, structlog.testing.capture_logs() as logs:
        ledger.jobs.get("j1")
    assert "secret" not in f"{logs} {raised.value.detail}"
    assert "127.0.0.1" in logs[0]["ledger"]


def test_file_that_is_no_database_is_reported(settings: StoreSettings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "ledger.sqlite").write_text("not a database, " * 100)
    with pytest.raises(InvalidSettings, match="damaged") as raised:
        open_ledger(settings.resolved_database_url).migrate()
    assert f"sqlite3 {settings.data_dir}/ledger.sqlite '.backup" in raised.value.detail


def test_ledger_that_is_a_folder_is_rejected_at_start(settings: StoreSettings) -> None:
    (settings.data_dir / "ledger.sqlite").mkdir(parents=True)
    with pytest.raises(InvalidSettings, match="cannot be used"):
        open_ledger(settings.resolved_database_url).migrate()


def test_ledger_without_tables_is_unavailable(settings: StoreSettings) -> None:
    settings.data_dir.mkdir()
    ledger = open_ledger(settings.resolved_database_url)
    with pytest.raises(FarmUnavailable), structlog.testing.capture_logs() as logs:
        ledger.jobs.insert(new_job())
    assert "no such table" in logs[0]["error"]
    ledger.close()


@pytest.mark.parametrize("error", [ZeroDivisionError(), IntegrityError("INSERT", {}, Exception())])
def test_other_errors_are_not_translated(error: Exception) -> None:
    with pytest.raises(type(error)), translate_errors("here"):
        raise error
