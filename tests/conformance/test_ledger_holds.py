"""A legal hold forbids every deletion; hold and deletion are decided in one order."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.custody import find_break
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import JobNotFinished, JobNotFound, JobOnHold
from whisperfarm_store.ledger import ARTIFACTS, JobFilter, Ledger

NOW_S, REASON = -60.0, "case 2024-311"


def ended(ledger: Ledger, *, reference: str = "", **days: float) -> Job:
    made = replace(new_job(), policy=JobPolicy(**days))
    if reference:
        made = replace(made, labels=replace(made.labels, reference=reference))
    accepted = ledger.jobs.insert(made)
    ledger.attempts.claim(accepted.id, worker="w", lease_s=60)
    ledger.attempts.succeed(accepted.id, attempt=1, result_key="r", audio_s=1.0)
    return accepted


def hold(ledger: Ledger, job: Job) -> Job:
    return ledger.holds.set(job.id, tenant=TENANT, reason=REASON)


def lift(ledger: Ledger, job: Job) -> Job:
    return ledger.holds.lift(job.id, tenant=TENANT, reason="closed")


def mark_all(ledger: Ledger, job: Job) -> None:
    for artifact in ARTIFACTS:
        ledger.retention.mark_deleted(artifact, job.id)


def test_job_shows_its_hold_until_it_is_lifted(ledger: Ledger) -> None:
    job = ended(ledger)
    first = hold(ledger, job).hold
    assert first is not None
    assert first.reason == REASON
    assert ledger.holds.set(job.id, tenant=TENANT, reason="another").hold == first
    for _ in range(2):
        assert lift(ledger, job).hold is None


def test_hold_keeps_a_job_from_retention(ledger: Ledger) -> None:
    job = ended(ledger, keep_audio_days=0, keep_results_days=0)
    hold(ledger, job)
    for artifact in ARTIFACTS:
        assert ledger.retention.list_due(artifact, after_s=NOW_S, limit=9) == []
        assert ledger.retention.list_expired(artifact, limit=9) == []
        assert not ledger.erasures.begin(artifact, job.id)
    lift(ledger, job)
    assert all(ledger.erasures.begin(artifact, job.id) for artifact in ARTIFACTS)


def test_hold_keeps_the_row_of_a_job(ledger: Ledger) -> None:
    job = ended(ledger)
    mark_all(ledger, job)
    hold(ledger, job)
    assert ledger.retention.delete_jobs(after_s=NOW_S, limit=9) == 0
    lift(ledger, job)
    assert ledger.retention.delete_jobs(after_s=NOW_S, limit=9) == 1


def test_erasure_of_a_held_or_unfinished_job_is_refused(ledger: Ledger) -> None:
    held, running = ended(ledger), ledger.jobs.insert(new_job())
    hold(ledger, held)
    with pytest.raises(JobOnHold, match=REASON):
        ledger.erasures.request(held.id, tenant=TENANT, reason="request")
    with pytest.raises(JobNotFinished, match="cancel it first"):
        ledger.erasures.request(running.id, tenant=TENANT, reason="request")
    assert ledger.erasures.list(limit=9) == []


def test_jobs_of_another_tenant_are_not_found(ledger: Ledger) -> None:
    job = ended(ledger)
    for change in (ledger.holds.set, ledger.holds.lift, ledger.erasures.request):
        with pytest.raises(JobNotFound):
            change(job.id, tenant="another", reason=REASON)
    wanted = JobFilter()
    assert not ledger.holds.change_some(wanted, tenant="another", reason=REASON, is_held=True)
    assert ledger.jobs.get(job.id).hold is None


def test_erasure_is_listed_until_its_blobs_are_deleted(ledger: Ledger) -> None:
    job = ended(ledger)
    ledger.erasures.request(job.id, tenant=TENANT, reason="request 7")
    assert {what for what, _ in ledger.erasures.list(limit=9)} == set(ARTIFACTS)
    hold(ledger, job)  # too late: the deletion that has begun is completed
    mark_all(ledger, job)
    assert ledger.erasures.list(limit=9) == []
    assert ledger.jobs.get(job.id).result_deleted_at is not None


def test_days_of_a_job_end_after_it(ledger: Ledger) -> None:
    at_once, later = ended(ledger, keep_audio_days=0), ended(ledger, keep_audio_days=1)
    assert [job.id for job in ledger.retention.list_expired("audio", limit=9)] == [at_once.id]
    assert ledger.retention.list_expired("results", limit=9) == []
    assert ledger.jobs.get(later.id).hold is None


def test_holds_of_the_jobs_that_a_filter_finds(ledger: Ledger) -> None:
    jobs = [ended(ledger, reference="call-17") for _ in range(2)]
    other = ended(ledger, reference="call-18")
    wanted = JobFilter(reference="call-17")
    for is_held in (True, False):
        changed = [
            ledger.holds.change_some(wanted, tenant=TENANT, reason=REASON, is_held=is_held)
            for _ in range(2)
        ]
        assert [{job.id for job in some} for some in changed] == [{job.id for job in jobs}, set()]
    assert ledger.jobs.get(other.id).hold is None


def test_holds_and_deletions_are_in_the_chain_of_custody(kept: Ledger) -> None:
    job = ended(kept)
    hold(kept, job)
    with pytest.raises(JobOnHold):
        kept.custody.erase(job.id)
    lift(kept, job)
    kept.erasures.request(job.id, tenant=TENANT, reason="request 7")
    mark_all(kept, job)
    chain = kept.custody.get(job.id, tenant=TENANT)
    assert find_break(job.id, chain.entries) is None
    added = [(entry.kind, json.loads(entry.body)) for entry in chain.entries[-4:]]
    assert added == [
        ("held", {"reason": REASON}),
        ("released", {"reason": "closed"}),
        *(("deleted", {"what": what, "reason": "request 7"}) for what in ARTIFACTS),
    ]


def test_hold_or_erasure_wins_and_never_both(ledger: Ledger) -> None:
    def erase(job: Job) -> bool:
        try:
            ledger.erasures.request(job.id, tenant=TENANT, reason="request")
        except JobOnHold:
            return False
        return True

    jobs = [ended(ledger) for _ in range(12)]
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(hold, ledger, job) for job in jobs]
        erased = [pool.submit(erase, job) for job in jobs]
        assert all(one.result().hold is not None for one in held)
        was_erased = {job.id for job, one in zip(jobs, erased, strict=True) if one.result()}
    assert {job.id for _, job in ledger.erasures.list(limit=99)} == was_erased
