"""Each transition adds an entry to the chain of its job, in its own transaction."""

import json

import pytest
from sqlalchemy import Table, delete, select, update
from sqlalchemy.exc import DatabaseError

from tests.conformance.ports import LEDGERS
from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm.custody.ledger_check import LedgerCheck
from whisperfarm_contract.custody import Kind, find_break
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import CustodyNotFound, EngineFailed, JobNotFound
from whisperfarm_contract.revisions.revision import RevisionKind
from whisperfarm_store.ledger import LeaseLost, Ledger, NewRevision, Origin, open_ledger
from whisperfarm_store.ledger.custody import append_entry
from whisperfarm_store.ledger.db.tables import custody_entries, custody_leaves, custody_roots

SHA256 = "ab" * 32
ORIGIN = Origin(ingress="http", key_id="3f9a1c0e77b2", key_name="Anna", address="192.0.2.7")


def bodies(kept: Ledger, job: Job) -> list[tuple[str, dict[str, object]]]:
    chain = kept.custody.get(job.id, tenant=job.tenant)
    assert find_break(job.id, chain.entries) is None
    return [(entry.kind, json.loads(entry.body)) for entry in chain.entries]


def faults(kept: Ledger) -> list[str]:
    with kept.custody.audit() as audit:
        return list(LedgerCheck(audit).run())


def succeed(kept: Ledger) -> Job:
    job = kept.jobs.insert(new_job(), origin=ORIGIN)
    kept.attempts.claim(job.id, worker="w1", lease_s=60, describe=lambda _: {"engine": "fake"})
    kept.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=1.0, result_sha256=SHA256)
    return job


def test_chain_has_the_life_of_a_job(kept: Ledger) -> None:
    job = succeed(kept)
    accepted, started, succeeded = bodies(kept, job)
    assert accepted[0] == Kind.ACCEPTED
    assert accepted[1]["tenant"] == TENANT
    assert accepted[1]["file_hash_sha256"] == job.audio.sha256
    assert accepted[1]["key_id"] == ORIGIN.key_id
    assert set(accepted[1]) >= {"address", "key_name"}
    assert started[0] == Kind.STARTED
    assert (started[1]["worker"], started[1]["engine"]) == ("w1", "fake")
    assert succeeded == (Kind.SUCCEEDED, {"attempt": 1, "result_sha256": SHA256})


def test_chain_has_each_end_of_an_attempt(kept: Ledger) -> None:
    job = kept.jobs.insert(new_job())
    kept.attempts.claim(job.id, worker="w", lease_s=60)
    kept.attempts.requeue(job.id, attempt=1, problem=EngineFailed(), counts=True)
    kept.attempts.claim(job.id, worker="w", lease_s=60)
    kept.attempts.fail(job.id, attempt=2, problem=EngineFailed())
    cancelled = kept.jobs.insert(new_job())
    kept.jobs.request_cancel(cancelled.id, tenant=TENANT)
    _, _, requeued, _, failed = bodies(kept, job)
    assert requeued == (Kind.REQUEUED, {"attempt": 1, "problem": "engine-failed"})
    assert failed == (Kind.FAILED, {"attempt": 2, "problem": "engine-failed"})
    assert bodies(kept, cancelled)[1][0] == Kind.CANCELLED


def correct(kept: Ledger, job: Job) -> None:
    revision = NewRevision(
        kind=RevisionKind.CORRECTED,
        parent=1,
        author="key:ada",
        key="b",
        size_bytes=2,
        sha256=SHA256,
    )
    kept.revisions.insert(job.id, revision, tenant=TENANT)


def delete_job(ledger: Ledger, job: Job) -> None:
    for artifact in ("audio", "results"):
        for _ in range(2):
            ledger.retention.mark_deleted(artifact, job.id)
    assert ledger.retention.delete_jobs(after_s=-60, limit=9) == 1


def test_chain_has_the_revisions_of_the_transcript(kept: Ledger) -> None:
    job = succeed(kept)
    correct(kept, job)
    kind, body = bodies(kept, job)[-1]
    assert (kind, body.pop("author") == "key:ada") == (Kind.REVISED, False)
    assert body == {
        "revision": 2, "revision_kind": "corrected", "parent": 1, "result_sha256": SHA256
    }  # fmt: skip


def test_rejected_transition_adds_no_entry(kept: Ledger) -> None:
    job = succeed(kept)
    with pytest.raises(LeaseLost):
        kept.attempts.fail(job.id, attempt=1, problem=EngineFailed())
    assert kept.attempts.claim(job.id, worker="w", lease_s=60) is None
    assert len(bodies(kept, job)) == 3
    assert faults(kept) == []


def test_job_outlived_by_its_chain_without_personal_values(kept: Ledger) -> None:
    job = succeed(kept)
    correct(kept, job)
    fields = [one.field for one in kept.custody.get(job.id, tenant=TENANT).openings]
    assert fields == ["address", "key_name", "author"]
    delete_job(kept, job)
    deleted = [body["what"] for kind, body in bodies(kept, job) if kind == Kind.DELETED]
    assert deleted == ["audio", "results", "job"]
    assert kept.custody.get(job.id, tenant=TENANT).openings == ()
    assert faults(kept) == []


def test_personal_values_end_with_a_job_when_chains_are_no_longer_kept(
    kept: Ledger, ledger: Ledger
) -> None:
    job = succeed(kept)
    delete_job(ledger, job)
    assert kept.custody.get(job.id, tenant=TENANT).openings == ()
    assert faults(kept) == []


def test_retry_names_the_job_that_it_repeats(kept: Ledger) -> None:
    job = kept.jobs.insert(new_job())
    kept.jobs.request_cancel(job.id, tenant=TENANT)
    again = kept.jobs.retry(job.id, new_job(), origin=ORIGIN)
    assert bodies(kept, again)[0][1]["retry_of"] == job.id


def test_erasure_leaves_the_chain_whole(kept: Ledger) -> None:
    job = succeed(kept)
    assert kept.custody.erase(job.id) == 2
    assert kept.custody.erase(job.id) == 0
    assert kept.custody.get(job.id, tenant=TENANT).openings == ()
    erased = {"fields": ["address", "key_name"], "reason": "operator"}
    assert bodies(kept, job)[-1] == (Kind.ERASED, erased)
    assert faults(kept) == []


def test_chain_of_another_tenant_does_not_exist(kept: Ledger) -> None:
    job = succeed(kept)
    for job_id, tenant in ((job.id, "other"), ("unknown", TENANT), ("a\0b", TENANT)):
        with pytest.raises(JobNotFound):
            kept.custody.get(job_id, tenant=tenant)


def test_ledger_without_custody_keeps_no_chain(ledger: Ledger) -> None:
    job = succeed(ledger)
    with pytest.raises(CustodyNotFound, match="WHISPERFARM_CUSTODY"):
        ledger.custody.get(job.id, tenant=TENANT)


def test_concurrent_entries_of_a_job_follow_each_other(kept: Ledger) -> None:
    """The appends do not lock the job's row, as other callers of `append_entry` may not."""
    job = kept.jobs.insert(new_job())

    def append(number: int) -> None:
        with kept.database.write() as connection:
            append_entry(connection, job.id, "noted", {"number": number})

    run_concurrently(8, append)
    assert len(bodies(kept, job)) == 9
    assert faults(kept) == []


def test_root_covers_chains_that_have_grown(kept: Ledger) -> None:
    first, _ = succeed(kept), succeed(kept)
    roots = kept.custody.roots
    assert roots.age_s() is None
    root = roots.make(dict)
    assert root is not None
    assert (root["number"], root["chains"]) == (1, 2)
    assert roots.make(dict) is None
    kept.retention.mark_deleted("audio", first.id)
    following = roots.make(dict)
    assert following is not None
    assert (following["number"], following["chains"]) == (2, 1)
    assert roots.latest() == following
    assert roots.age_s() == pytest.approx(0, abs=60)
    assert faults(kept) == []


def test_number_of_chains_in_a_root_is_bounded(kept: Ledger) -> None:
    for _ in range(3):
        kept.jobs.insert(new_job())
    made = [kept.custody.roots.make(dict, max_chains=2) for _ in range(3)]
    assert [root and root["chains"] for root in made] == [2, 1, None]
    assert faults(kept) == []


@pytest.mark.parametrize("table", [custody_entries, custody_roots, custody_leaves], ids=str)
def test_rows_cannot_be_changed(kept: Ledger, table: Table) -> None:
    succeed(kept)
    kept.custody.roots.make(dict)
    column = next(iter(table.primary_key))
    for statement in (delete(table), update(table).values({column.name: column})):
        with pytest.raises(DatabaseError, match="append-only"), kept.database.write() as connection:
            connection.execute(statement)
    assert faults(kept) == []


def test_restored_ledger_has_chains_and_triggers(
    kept: Ledger, request: pytest.FixtureRequest
) -> None:
    job = succeed(kept)
    kept.custody.roots.make(dict)
    kind = "sqlite" if kept.database.engine.dialect.name == "sqlite" else "postgresql"
    restored = open_ledger(LEDGERS[kind](request), custody=True)
    restored.migrate()
    with kept.snapshots.open() as snapshot:
        restored.snapshots.restore(snapshot.rows)
    assert bodies(restored, job) == bodies(kept, job)
    assert faults(restored) == []
    with pytest.raises(DatabaseError, match="append-only"), restored.database.write() as connection:
        connection.execute(delete(custody_entries))
    restored.close()


def test_entry_of_an_unknown_job_is_refused(kept: Ledger) -> None:
    with pytest.raises(JobNotFound), kept.database.write() as connection:
        append_entry(connection, "unknown", "noted", {})
    with kept.database.read() as connection:
        assert connection.execute(select(custody_entries)).all() == []
