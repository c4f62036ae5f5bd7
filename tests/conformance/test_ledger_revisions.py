"""Revisions follow one another; none is lost, and the machine's result stays the first."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import (
    InvalidCorrection,
    JobNotFound,
    ResultExpired,
    RevisionConflict,
    RevisionNotFound,
)
from whisperfarm_contract.revisions.revision import (
    MAX_REVISIONS,
    Revision,
    RevisionKind,
    default_revision,
)
from whisperfarm_store.ledger import BlobReference, JobFilter, Ledger, NewRevision


def succeeded(ledger: Ledger, **policy: Any) -> Job:
    job = ledger.jobs.insert(replace(new_job(), policy=JobPolicy(**policy)))
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key=f"results/{job.id}", audio_s=1.0)
    return ledger.jobs.get(job.id)


def new(parent: int = 1, *, content: str = "a", **more: Any) -> NewRevision:
    given: dict[str, Any] = {"kind": RevisionKind.CORRECTED, "author": "key:ada", **more}
    return NewRevision(
        **{"parent": parent, "key": f"blob-{content}", "size_bytes": 2, "sha256": content, **given}
    )


def add(ledger: Ledger, job: Job, revision: NewRevision) -> Revision:
    return ledger.revisions.insert(job.id, revision, tenant=TENANT)


def test_machine_result_is_the_first_revision(ledger: Ledger) -> None:
    job = succeeded(ledger)
    [first] = ledger.revisions.list(job)
    assert (first.number, first.kind, first.parent) == (1, RevisionKind.MACHINE, None)
    assert (first.key, first.created_at) == (job.result_key, job.finished_at)
    assert first.author == "model:demo"


def test_corrections_and_approvals_follow_one_another(ledger: Ledger) -> None:
    job = succeeded(ledger)
    second = add(ledger, job, new(note="a note", tags=("one", "two")))
    third = add(ledger, job, new(2, kind=RevisionKind.APPROVED, author="key:bob"))
    assert (second.number, second.note, second.tags) == (2, "a note", ("one", "two"))
    assert (third.number, third.parent, third.author) == (3, 2, "key:bob")
    assert third.created_at >= second.created_at >= (job.finished_at or 0.0)
    assert ledger.revisions.list(job)[1:] == [second, third]
    assert ledger.jobs.get(job.id).result_key == job.result_key


def test_second_correction_of_a_revision_conflicts(ledger: Ledger) -> None:
    job = succeeded(ledger)
    add(ledger, job, new())
    add(ledger, job, new(2, content="b"))
    with pytest.raises(RevisionConflict, match="read revision 3") as raised:
        add(ledger, job, new(content="c"))
    assert raised.value.members == {"newest": 3}
    with pytest.raises(RevisionNotFound):
        add(ledger, job, new(4))


def test_same_request_makes_one_revision(ledger: Ledger) -> None:
    job = succeeded(ledger)
    first = add(ledger, job, new())
    assert add(ledger, job, replace(new(), key="another blob")) == first
    for other in (new(author="key:bob"), new(note="else"), new(content="b")):
        with pytest.raises(RevisionConflict):
            add(ledger, job, other)


def test_concurrent_corrections_make_one_revision(ledger: Ledger) -> None:
    job = succeeded(ledger)

    def correct(number: int) -> int:
        try:
            return add(ledger, job, new(content=str(number))).number
        except RevisionConflict as problem:
            return -int(problem.members["newest"])

    assert sorted(run_concurrently(4, correct)) == [-2, -2, -2, 2]


def test_result_of_a_hub_may_join_a_corrected_line(ledger: Ledger) -> None:
    job = succeeded(ledger)
    add(ledger, job, new())
    add(ledger, job, new(kind=RevisionKind.HUB, author="hub:east"))
    add(ledger, job, new(2, content="b"))
    known = ledger.revisions.list(job)
    assert [one.parent for one in known] == [None, 1, 1, 2]
    assert default_revision(known).number == 4


def test_number_of_revisions_is_limited(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_REVISIONS > 2
    monkeypatch.setattr("whisperfarm_store.ledger.transitions.revise.MAX_REVISIONS", 2)
    job = succeeded(ledger)
    add(ledger, job, new())
    with pytest.raises(InvalidCorrection, match="has 2 revisions already"):
        add(ledger, job, new(2))


def test_other_tenants_have_no_such_job(ledger: Ledger) -> None:
    job = succeeded(ledger)
    with pytest.raises(JobNotFound):
        ledger.revisions.insert(job.id, new(), tenant="other")
    add(ledger, job, new())
    assert len(ledger.revisions.list(replace(job, tenant="other"))) == 1


def test_required_approval_is_pending_until_given(ledger: Ledger) -> None:
    job = succeeded(ledger, approval="required")
    assert (job.approval, succeeded(ledger).approval) == ("pending", None)
    add(ledger, job, new())
    assert ledger.jobs.get(job.id).approval == "pending"
    add(ledger, job, new(2, kind=RevisionKind.APPROVED))
    add(ledger, job, new(3, content="c"))
    approved = ledger.jobs.get(job.id)
    assert (approved.approval, approved.approved_revision) == ("approved", 3)


def test_jobs_are_found_by_their_approval(ledger: Ledger) -> None:
    job, other = (succeeded(ledger, approval="required") for _ in range(2))
    succeeded(ledger)

    def found(approval: str) -> set[str]:
        wanted = JobFilter(approval=approval)
        return {one.id for one in ledger.jobs.list_for_tenant(job.tenant, wanted=wanted)}

    assert (found("pending"), found("approved")) == ({job.id, other.id}, set())
    add(ledger, job, new(kind=RevisionKind.APPROVED))
    assert (found("pending"), found("approved")) == ({other.id}, {job.id})


def test_each_revision_has_its_own_callback(ledger: Ledger) -> None:
    job = succeeded(ledger, approval="required", callback_url="https://example.com/ends")
    add(ledger, job, new())
    add(ledger, job, new())  # the same request: no second callback
    add(ledger, job, new(2, kind=RevisionKind.APPROVED))
    listed = ledger.callbacks.list_for_job(job.id, tenant=TENANT)
    bodies = {one.id.removeprefix(job.id): json.loads(one.body) for one in listed}
    assert {name: (body["type"], body["data"]["approval"]) for name, body in bodies.items()} == {
        "_callback": ("job.succeeded", "pending"),
        "_callback_2": ("revision.created", "pending"),
        "_callback_3": ("revision.approved", "approved"),
    }
    keys = {one.revision: one.result_key for one in listed}
    assert keys == {None: job.result_key, 2: "blob-a", 3: "blob-a"}


def test_blobs_of_revisions_are_needed_until_they_are_deleted(ledger: Ledger) -> None:
    job = succeeded(ledger)
    add(ledger, job, new(note="private", tags=("x",)))
    add(ledger, job, new(2, kind=RevisionKind.APPROVED))
    revised = BlobReference(job.id, "results", "blob-a", 2, "a")
    assert revised in ledger.blob_references.of_jobs([job.id])
    [page] = ledger.blob_references.pages(jobs_per_page=10)
    assert [one for one in page if one.artifact == "results" and not one.is_optional] == [
        BlobReference(job.id, "results", f"results/{job.id}"),
        revised,
    ]
    assert ledger.revisions.keys_in_use(["blob-a", "blob-b"]) == {"blob-a"}
    ledger.retention.mark_deleted("results", job.id)
    assert ledger.revisions.keys_in_use(["blob-a"]) == set()
    assert {one.artifact for one in ledger.blob_references.of_jobs([job.id])} == {"audio"}
    _, second, _ = ledger.revisions.list(job)
    assert (second.author, second.note, second.tags) == ("key:ada", None, ())
    with pytest.raises(ResultExpired):
        add(ledger, job, new(3))


def test_purged_job_has_no_revisions(ledger: Ledger) -> None:
    job = succeeded(ledger)
    add(ledger, job, new())
    for artifact in ("audio", "results"):
        ledger.retention.mark_deleted(artifact, job.id)  # type: ignore[arg-type]
    assert ledger.retention.delete_jobs(after_s=-60, limit=10) == 1
    assert len(ledger.revisions.list(job)) == 1  # the machine's, which has no row


def test_snapshot_has_revisions(ledger: Ledger) -> None:
    job = succeeded(ledger)
    add(ledger, job, new())
    with ledger.snapshots.open() as snapshot:
        [row] = snapshot.rows("revisions")
    assert (row["job_id"], row["number"], row["tenant"]) == (job.id, 2, TENANT)
