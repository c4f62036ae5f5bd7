"""The ledger on PostgreSQL with faults of the server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
import structlog

from tests.support.jobs import new_job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer

AWAY = "the ledger is unavailable; see the farm's log"


@pytest.fixture
def url(postgresql_server: "PostgresqlServer") -> str:
    """Return the URL of an empty database."""
    return postgresql_server.new_database()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = open_ledger(url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_postgresql_scheme_uses_psycopg(url: str, scheme: str) -> None:
    ledger = open_ledger(f"{scheme}:{url.partition(':')[2]}")
    ledger.migrate()
    assert ledger.dispatch.count_unclaimed() == 0
    ledger.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("application_name", "whisperfarm"),
    ],
)
def test_connection_has_timeouts(ledger: Ledger, setting: str, value: str) -> None:
    with ledger.database.read() as connection:
        assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == value


def test_url_options_override_the_defaults(url: str) -> None:
    ledger = open_ledger(f"{url}?options=-c%20statement_timeout%3D5s&application_name=mine")
    with ledger.database.read() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "5s"
        assert connection.exec_driver_sql("SHOW application_name").scalar() == "mine"
    ledger.close()


def test_locked_row_times_out(ledger: Ledger, url: str) -> None:
    job = ledger.jobs.insert(new_job())
    impatient = open_ledger(f"{url}?options=-c%20lock_timeout%3D50ms")
    with ledger.database.write() as connection:
        connection.exec_driver_sql("SELECT 1 FROM jobs FOR UPDATE")
        with pytest.raises(FarmUnavailable, match=AWAY):
            impatient.attempts.claim(job.id, worker="w", lease_s=60)
    assert impatient.attempts.claim(job.id, worker="w", lease_s=60)
    impatient.close()


def test_closed_connections_are_replaced(ledger: Ledger, url: str) -> None:
    job = ledger.jobs.insert(new_job())
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert ledger.jobs.get(job.id) == job


def test_ledger_survives_a_server_restart(
    postgresql_server: "PostgresqlServer", ledger: Ledger
) -> None:
    job = ledger.jobs.insert(new_job())
    postgresql_server.stop()
    with pytest.raises(FarmUnavailable, match=AWAY), structlog.testing.capture_logs() as logs:
        ledger.jobs.get(job.id)
    assert postgresql_server.password not in str(logs)
    postgresql_server.start()
    assert ledger.jobs.get(job.id) == job


def test_standby_is_unavailable_for_writes(ledger: Ledger) -> None:
    with pytest.raises(FarmUnavailable, match=AWAY):
        _write_to_a_standby(ledger)


def _write_to_a_standby(ledger: Ledger) -> None:
    with ledger.database.write() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql("DELETE FROM jobs")


def test_missing_tables_are_unavailable(url: str) -> None:
    ledger = open_ledger(url)
    with pytest.raises(FarmUnavailable, match=AWAY):
        ledger.dispatch.count_unclaimed()
    ledger.close()
