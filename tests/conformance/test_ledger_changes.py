"""Jobs whose state has changed are found for the tenants that are followed."""

from tests.support.jobs import new_job
from whisperfarm_store.ledger import JobFilter, Ledger


def test_recent_versions_of_the_tenants_are_found(ledger: Ledger) -> None:
    for job_id, tenant in (("a", "north"), ("b", "north"), ("c", "south")):
        ledger.jobs.insert(new_job(job_id, tenant=tenant))
    ledger.attempts.claim("a", worker="w", lease_s=60)
    time_s, found = ledger.changes.since(None, {"north"})
    assert sorted((one.id, one.state, one.attempt) for one in found) == [
        ("a", "running", 1),
        ("b", "queued", 0),
    ]
    _, later = ledger.changes.since(time_s + 3600, {"north", "south"})
    assert sorted(one.id for one in later) == ["a", "b", "c"]
    assert ledger.changes.since(time_s, set())[1] == []


def test_jobs_of_other_tenants_do_not_match(ledger: Ledger) -> None:
    for job_id, tenant in (("a", "north"), ("b", "south")):
        ledger.jobs.insert(new_job(job_id, tenant=tenant))
    matching = ledger.jobs.matching(["a", "b"], tenant="north", wanted=JobFilter())
    assert [job.id for job in matching] == ["a"]
