"""`whisperfarm migrate`, as an upgrade runs it: its exit code and its line of output."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect

from tests.support.environment import environment
from whisperfarm_store.ledger.db import sqlalchemy_engine

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer

pytestmark = pytest.mark.slow


def _started(*arguments: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "whisperfarm", "migrate", *arguments],
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_migrate_creates_tables_and_prints_the_revision(tmp_path: Path) -> None:
    with _started(WHISPERFARM_DATA_DIR=str(tmp_path)) as running:
        said, complained = running.communicate(timeout=60)
    assert (running.returncode, complained) == (0, "")
    assert said.startswith("the ledger is up to date (revision ")
    made = sqlalchemy_engine.connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    assert {"jobs", "callbacks"} <= set(inspect(made).get_table_names())
    made.dispose()


def test_migrate_reports_an_unavailable_database() -> None:
    away = "postgresql://farm:a-password@127.0.0.1:1/farm"  # port 1 refuses connections
    with _started(WHISPERFARM_DATABASE_URL=away) as running:
        _, complained = running.communicate(timeout=60)
    assert running.returncode == 69
    assert "whisperfarm: farm-unavailable" in complained
    assert "a-password" not in complained


def test_migrate_waits_for_a_database(postgresql_server: "PostgresqlServer") -> None:
    url = postgresql_server.new_database()
    postgresql_server.stop()
    try:
        with _started("--wait", "120", WHISPERFARM_DATABASE_URL=url) as running:
            assert running.stderr is not None
            first = running.stderr.readline()
            postgresql_server.start()
            running.communicate(timeout=120)
    finally:
        postgresql_server.start()
    assert "ledger.error" in first
    assert running.returncode == 0
