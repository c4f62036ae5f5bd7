"""Snapshots show all rows at one time; a restoration inserts them all or none."""

import json

import pytest

from tests.conformance.ports import LEDGERS
from tests.support.jobs import new_job
from whisperfarm_contract.audit import Actor
from whisperfarm_contract.enrolment import Enrolment
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidSettings, ServerError
from whisperfarm_contract.states import JobState
from whisperfarm_contract.voices import Voice
from whisperfarm_store.ledger import Idempotency, KeyGrant, Ledger, Row, open_ledger, snapshots


def rows(ledger: Ledger) -> dict[str, list[Row]]:
    with ledger.snapshots.open() as snapshot:
        return {table: list(snapshot.rows(table)) for table in snapshot.tables}


def test_snapshot_does_not_show_later_changes(ledger: Ledger, queued: Job) -> None:
    with ledger.snapshots.open() as snapshot:
        assert [row["id"] for row in snapshot.rows("jobs")] == [queued.id]
        ledger.jobs.insert(new_job(), idempotency=Idempotency(key="k", fingerprint="f"))
        ledger.attempts.claim(queued.id, worker="w", lease_s=60)
        assert [row["state"] for row in snapshot.rows("jobs")] == ["queued"]
        assert list(snapshot.rows("idempotency")) == []
    assert len(rows(ledger)["jobs"]) == 2


def test_snapshot_pages_by_every_column_of_a_key(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_BATCH_SIZE", 2)
    for tenant in ("acme", "other"):
        for key in ("k1", "k2", "k3"):
            used = Idempotency(key=key, fingerprint="f")
            ledger.jobs.insert(new_job(tenant=tenant), idempotency=used)
    found = [(row["tenant"], row["key"]) for row in rows(ledger)["idempotency"]]
    assert found == [(tenant, key) for tenant in ("acme", "other") for key in ("k1", "k2", "k3")]


def test_restoration_queues_running_jobs(ledger: Ledger, running: Job) -> None:
    saved = rows(ledger)
    with ledger.database.write() as connection:
        for table in reversed(snapshots.metadata.sorted_tables):
            connection.execute(table.delete())
    ledger.snapshots.restore(lambda table: saved[table])
    restored = ledger.jobs.get(running.id)
    assert (restored.state, restored.attempt) == (JobState.QUEUED, 1)
    claimed = ledger.attempts.claim(running.id, worker="w2", lease_s=60)
    assert claimed is not None
    assert claimed.attempt == 2


def test_restoration_keeps_api_keys_and_the_audit_log(
    ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    key, text = ledger.api_keys.create(KeyGrant(tenant="north", role="caller"))
    saved = rows(ledger)
    assert text.secret not in repr(saved)
    restored = open_ledger(LEDGERS[ledger.database.engine.dialect.name](request))
    restored.migrate()
    restored.snapshots.restore(lambda table: saved[table])
    assert restored.api_keys.list() == [key]
    assert list(restored.audit_log.stream()) == list(ledger.audit_log.stream())
    restored.close()


def test_restoration_keeps_voices_of_a_backup(
    ledger: Ledger, running: Job, request: pytest.FixtureRequest
) -> None:
    voice = Voice(speaker="SPEAKER_00", model="m" * 64, speech_s=9.5, embedding=(0.5, -0.25))
    ledger.attempts.succeed(running.id, attempt=1, result_key="r", audio_s=9.5, voices=[voice])
    wanted = Enrolment(name="Ana", consent="form 17", job=running.id)
    speaker = ledger.speakers.enrol(running.tenant, wanted, by=Actor("key:ada"))
    saved = json.loads(json.dumps(rows(ledger)))
    restored = open_ledger(LEDGERS[ledger.database.engine.dialect.name](request))
    restored.migrate()
    restored.snapshots.restore(lambda table: saved[table])
    assert restored.speakers.list(running.tenant) == [speaker]
    assert restored.speakers.voices(running.tenant) == ledger.speakers.voices(running.tenant)
    assert rows(restored)["job_voices"] == saved["job_voices"]
    restored.close()


def test_restoration_into_a_used_ledger_is_refused(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(InvalidSettings, match="table jobs has rows"):
        ledger.snapshots.restore(lambda _: ())


def test_restoration_replaces_the_poll_clock(ledger: Ledger) -> None:
    ledger.polls.cancel_unpolled(max_step_s=60)
    [row] = rows(ledger)["poll_clock"]
    ledger.snapshots.restore(
        lambda table: [{**row, "time_s": 1000.0}] if table == "poll_clock" else []
    )
    assert [one["time_s"] for one in rows(ledger)["poll_clock"]] == [1000.0]


def test_restoration_that_fails_inserts_nothing(ledger: Ledger) -> None:
    with pytest.raises(ServerError, match="does not have the columns"):
        ledger.snapshots.restore(lambda table: [{"id": "a"}] if table == "jobs" else ())
    ledger.snapshots.require_empty()
