"""The connections to the ledger's database."""

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)],
)
def test_sqlite_commits_are_synced_and_writers_wait(
    ledger: Ledger, pragma: str, value: object
) -> None:
    with ledger.database.read() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@pytest.mark.parametrize(
    "url",
    ["rubbish", "sqlite://", "sqlite:///:memory:", "nosuch://db/farm"],
)
def test_invalid_database_url_is_rejected(url: str) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_DATABASE_URL"):
        open_ledger(url)


def test_unsupported_database_is_named() -> None:
    with pytest.raises(InvalidSettings, match="mysql is not supported"):
        open_ledger("mysql://db/farm")


def test_read_then_write_transactions_wait_for_each_other(settings: StoreSettings) -> None:
    # Each ledger stands for a process. A transaction that starts with a read must not fail when it
    # writes because another process has written in between.
    ledgers = [open_ledger(settings.resolved_database_url) for _ in range(8)]
    ledgers[0].migrate()
    ids = [ledgers[0].jobs.insert(new_job()).id for _ in range(80)]

    def cancel(number: int) -> list[JobState]:
        mine = ids[number::8]
        return [ledgers[number].jobs.request_cancel(one, tenant=TENANT).state for one in mine]

    answers = run_concurrently(8, cancel)
    for ledger in ledgers:
        ledger.close()
    assert {state for states in answers for state in states} == {JobState.CANCELLED}


def test_reads_do_not_wait_for_a_writer(ledger: Ledger) -> None:
    job = ledger.jobs.insert(new_job())
    with ledger.database.write():
        assert ledger.jobs.get(job.id) == job
