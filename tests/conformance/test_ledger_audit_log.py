"""Changes of access and operation are in the audit log, whose entries cannot be changed."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from whisperfarm_contract.audit import CHAIN, Actor, AuditKind
from whisperfarm_contract.custody import find_break
from whisperfarm_contract.problems import ApiKeyNotFound
from whisperfarm_store.ledger import (
    KeyGrant,
    Ledger,
    Pause,
    UploadGrant,
    WorkerHeartbeat,
    upload_token_audit,
)
from whisperfarm_store.ledger.db.tables import audit_entries

ANA = Actor("ana@farm-1", "192.0.2.7")
WORKER = WorkerHeartbeat(
    name="w-1", presets=("demo",), concurrency=1, pid=17, host="gpu-1", ready=True
)
GRANT = KeyGrant(tenant="north", role="analyst", name="desk-1")


def logged(ledger: Ledger) -> list[tuple[str, dict[str, Any]]]:
    """Return kind and body of each entry, after a check that the chain is whole."""
    entries = list(ledger.audit_log.stream())
    assert not entries or find_break(CHAIN, entries) is None
    assert entries == ledger.audit_log.list(limit=1000)
    return [(one.kind, json.loads(one.body)) for one in entries]


def test_keys_are_logged_without_their_secrets(ledger: Ledger) -> None:
    key, text = ledger.api_keys.create(GRANT, by=ANA)
    new, new_text = ledger.api_keys.rotate(key.id, grace_s=60, by=ANA)
    for _ in range(2):  # the second time changes nothing
        ledger.api_keys.revoke(key.id, by=ANA)
    (created, body), (rotated, of_new), (revoked, of_old) = logged(ledger)
    assert (created, rotated, revoked) == ("key-created", "key-rotated", "key-revoked")
    who = {"actor": ANA.name, "address": ANA.address}
    grant = {"tenant": "north", "role": "analyst", "permissions": [], "name": "desk-1"}
    assert body == {**who, **grant, "key": key.id, "expires_at": None}
    assert (of_new["key"], of_new["replaces"], of_new["grace_s"]) == (new.id, key.id, 60)
    assert of_old["key"] == key.id
    written = str(logged(ledger))
    assert not [one for one in (text, new_text) if one.secret in written or key.digest in written]


def test_upload_tokens_are_logged_up_to_a_number(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_token_audit, "MAX_AUDITED", 2)
    grant = UploadGrant(tenant="north", fields={"reference": "Ms Case"}, key_id="0a1b")
    tokens = [ledger.upload_tokens.create(grant, expires_in_s=60, by=ANA)[0] for _ in range(3)]
    holder = Actor("upload-token:1", "198.51.100.2")
    for token in (*tokens, tokens[0]):
        ledger.upload_tokens.record_refusal(token, "used", holder)
    found = [(kind, body["actor"], body["token"]) for kind, body in logged(ledger)]
    assert found == [
        *(("upload-token-created", ANA.name, one.id) for one in tokens[:2]),
        *(("upload-token-refused", holder.name, one.id) for one in tokens[:2]),
    ]
    written = str(logged(ledger))
    assert "Ms Case" not in written
    assert tokens[0].digest not in written


def test_refused_change_is_not_logged(ledger: Ledger) -> None:
    with pytest.raises(ApiKeyNotFound):
        ledger.api_keys.revoke("unknown", by=ANA)
    assert not ledger.pauses.end(by=ANA)
    ledger.workers.request_drain(["unknown"], by=ANA)
    assert logged(ledger) == []
    assert ledger.audit_log.last(AuditKind.RESUMED) is None


def test_operation_is_logged(ledger: Ledger) -> None:
    ledger.pauses.set(Pause(preset="demo", dispatch=False, reason="full"), by=ANA)
    ledger.pauses.end("demo", by=ANA)
    ledger.workers.record_heartbeat(WORKER)
    ledger.workers.request_drain(["w-1", "unknown"], by=ANA)
    who = {"actor": ANA.name, "address": ANA.address}
    assert logged(ledger) == [
        ("paused", {**who, "preset": "demo", "paused": ["accept"], "reason": "full"}),
        ("resumed", {**who, "preset": "demo"}),
        ("drain-requested", {**who, "workers": ["w-1"]}),
    ]


def test_concurrent_changes_form_one_chain(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ledger.api_keys.create(GRANT, by=ANA), range(40)))
    assert len(logged(ledger)) == 40


def test_pages_follow_each_other(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.api_keys.create(GRANT, by=ANA)
    pages = [ledger.audit_log.list(after=after, limit=2) for after in (0, 2, 4, 5)]
    assert [[one.number for one in page] for page in pages] == [[1, 2], [3, 4], [5], []]


def test_entries_cannot_be_changed(ledger: Ledger) -> None:
    ledger.api_keys.create(GRANT, by=ANA)
    for statement in (delete(audit_entries), update(audit_entries).values(kind="x")):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            ledger.database.write() as connection,
        ):
            connection.execute(statement)
    assert len(logged(ledger)) == 1
