"""A tenant's jobs, page by page."""

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.problems import JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Ledger


@pytest.fixture
def ids(ledger: Ledger) -> list[str]:
    """Five jobs of the tenant, oldest first, and one of another."""
    ledger.insert(new_job(tenant="umbrella"))
    return [ledger.insert(new_job()).id for _ in range(5)]


def test_the_newest_comes_first(ledger: Ledger, ids: list[str]) -> None:
    assert [job.id for job in ledger.page(TENANT)] == ids[::-1]


def test_pages_follow_each_other_without_gap_or_repetition(ledger: Ledger, ids: list[str]) -> None:
    first = ledger.page(TENANT, limit=2)
    second = ledger.page(TENANT, limit=2, before=first[-1].id)
    third = ledger.page(TENANT, limit=2, before=second[-1].id)
    assert [job.id for job in (*first, *second, *third)] == ids[::-1]
    assert ledger.page(TENANT, before=third[-1].id) == []


def test_jobs_of_one_moment_are_not_lost_between_pages(ledger: Ledger) -> None:
    # The clock ticks in milliseconds: jobs that come at once have the same time.
    ids = {ledger.insert(new_job()).id for _ in range(30)}
    seen: list[str] = []
    while page := ledger.page(TENANT, limit=1, before=seen[-1] if seen else None):
        seen.append(page[0].id)
    assert sorted(seen) == sorted(ids)


def test_a_page_can_be_of_one_state(ledger: Ledger, ids: list[str]) -> None:
    ledger.ask_cancel(ids[2], tenant=TENANT)
    assert [job.id for job in ledger.page(TENANT, state=State.CANCELLED)] == [ids[2]]
    queued = ledger.page(TENANT, state=State.QUEUED, before=ids[3])
    assert [job.id for job in queued] == [ids[1], ids[0]]


def test_a_page_can_not_begin_at_another_tenants_job(ledger: Ledger, ids: list[str]) -> None:
    with pytest.raises(JobUnknown):
        ledger.page("umbrella", before=ids[0])
