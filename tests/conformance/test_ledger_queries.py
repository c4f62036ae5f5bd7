"""Listing a tenant's jobs page by page."""

from dataclasses import replace

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import JobFilter, Ledger

CANCELLED, QUEUED = (JobFilter(state=one) for one in (JobState.CANCELLED, JobState.QUEUED))


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
    assert [job.id for job in ledger.jobs.list_for_tenant(TENANT, wanted=CANCELLED)] == [ids[2]]
    queued = ledger.jobs.list_for_tenant(TENANT, wanted=QUEUED, before=ids[3])
    assert [job.id for job in queued] == [ids[1], ids[0]]


def test_list_jobs_rejects_another_tenants_cursor(ledger: Ledger, ids: list[str]) -> None:
    with pytest.raises(JobNotFound):
        ledger.jobs.list_for_tenant("umbrella", before=ids[0])


LABELLED: dict[str, JobLabels] = {
    "first": JobLabels(reference="call 17", metadata={"agent": "A7", "n": 7, "vip": True}),
    "second": JobLabels(reference="call 17", metadata={"agent": "Zoë's", "a.b": "x", "part": {}}),
    "third": JobLabels(reference="call 18", metadata={"agent": ["A7"], "vip": None, "part": "{}"}),
    "fourth": JobLabels(),
}


@pytest.fixture
def labelled(ledger: Ledger) -> Ledger:
    """Return a ledger with jobs `LABELLED`, and the first of them for another tenant as well."""
    ledger.jobs.insert(replace(new_job("foreign", tenant="umbrella"), labels=LABELLED["first"]))
    for job_id, labels in LABELLED.items():
        job = new_job(job_id)
        audio = replace(job.audio, filename=f"{job_id}.wav")
        ledger.jobs.insert(replace(job, labels=labels, audio=audio))
    return ledger


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (JobFilter(), ["fourth", "third", "second", "first"]),
        (JobFilter(reference="call 17"), ["second", "first"]),
        (JobFilter(filename="third.wav"), ["third"]),
        (JobFilter(reference="call 17", metadata={"agent": "A7"}), ["first"]),
        (JobFilter(metadata={"agent": "Zoë's"}), ["second"]),
        (JobFilter(metadata={"a.b": "x"}), ["second"]),
        (JobFilter(metadata={"n": "7", "vip": "true"}), ["first"]),
        (JobFilter(metadata={"vip": "1"}), []),
        (JobFilter(metadata={"agent": "\0"}), []),
        (JobFilter(filename=""), []),
        (JobFilter(metadata={"part": "{}"}), ["third"]),
        (JobFilter(metadata={"agent": "' OR 1=1 --"}), []),
        (JobFilter(reference="call 17", state=JobState.RUNNING), []),
    ],
)
def test_list_jobs_filters_by_labels(
    labelled: Ledger, wanted: JobFilter, expected: list[str]
) -> None:
    found = labelled.jobs.list_for_tenant(TENANT, wanted=wanted)
    assert sorted(job.id for job in found) == sorted(expected)


def test_list_jobs_filters_by_time_without_the_end(ledger: Ledger, ids: list[str]) -> None:
    times = {job.id: job.created_at for job in ledger.jobs.list_for_tenant(TENANT)}
    start, end = times[ids[1]], times[ids[3]]
    wanted = JobFilter(created_from=start, created_before=end)
    found = {job.id for job in ledger.jobs.list_for_tenant(TENANT, wanted=wanted)}
    assert found == {job_id for job_id in ids if start <= times[job_id] < end}
