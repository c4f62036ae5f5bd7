"""Listing a tenant's jobs page by page."""

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Ledger


@pytest.fixture
def ids(ledger: Ledger) -> list[str]:
    """Return five jobs of the tenant, oldest first; there is another job of another tenant."""
    ledger.jobs.insert(new_job(tenant="umbrella"))
    return [ledger.jobs.insert(new_job()).id for _ in range(5)]


def test_list_jobs_is_newest_first(ledger: Ledger, ids: list[str]) -> None:
    assert [job.id for job in ledger.jobs.list_for_tenant(TENANT)] == ids[::-1]


def test_list_jobs_pages_without_gap_or_repetition(ledger: Ledger, ids: list[str]) -> None:
    first = ledger.jobs.list_for_tenant(TENANT, limit=2)
    second = ledger.jobs.list_for_tenant(TENANT, limit=2, before=first[-1].id)
    third = ledger.jobs.list_for_tenant(TENANT, limit=2, before=second[-1].id)
    assert [job.id for job in (*first, *second, *third)] == ids[::-1]
    assert ledger.jobs.list_for_tenant(TENANT, before=third[-1].id) == []


def test_list_jobs_pages_jobs_of_one_time(ledger: Ledger) -> None:
    # The clock has milliseconds: jobs inserted at once have the same time.
    ids = {ledger.jobs.insert(new_job()).id for _ in range(30)}
    seen: list[str] = []
    while page := ledger.jobs.list_for_tenant(TENANT, limit=1, before=seen[-1] if seen else None):
        seen.append(page[0].id)
    assert sorted(seen) == sorted(ids)


def test_list_jobs_filters_by_state(ledger: Ledger, ids: list[str]) -> None:
    ledger.jobs.request_cancel(ids[2], tenant=TENANT)
    assert [job.id for job in ledger.jobs.list_for_tenant(TENANT, state=JobState.CANCELLED)] == [
        ids[2]
    ]
    queued = ledger.jobs.list_for_tenant(TENANT, state=JobState.QUEUED, before=ids[3])
    assert [job.id for job in queued] == [ids[1], ids[0]]


def test_list_jobs_rejects_another_tenants_cursor(ledger: Ledger, ids: list[str]) -> None:
    with pytest.raises(JobNotFound):
        ledger.jobs.list_for_tenant("umbrella", before=ids[0])
