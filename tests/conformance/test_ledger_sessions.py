"""Sessions end when they are ended, when they expire, and when there are too many."""

import json

import pytest

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_store.ledger import Ledger, sessions

ANA = Actor("key:3f9a1c0e77b2", "192.0.2.7")


def start(ledger: Ledger, session: str, *, tenant: str = "north", expires_in_s: float = 60) -> None:
    ledger.sessions.start(
        session, f"sealed-{session}", tenant=tenant, expires_in_s=expires_in_s, by=ANA
    )


def test_session_has_its_key_until_it_is_ended(ledger: Ledger) -> None:
    start(ledger, "one")
    start(ledger, "two")
    assert ledger.sessions.sealed_key("one") == "sealed-one"
    for _ in range(2):
        ledger.sessions.end("one")
    assert ledger.sessions.sealed_key("one") is None
    assert ledger.sessions.sealed_key("two") == "sealed-two"


def test_expired_session_has_no_key(ledger: Ledger) -> None:
    start(ledger, "one", expires_in_s=-1)
    assert ledger.sessions.sealed_key("one") is None


def test_oldest_session_of_a_tenant_gives_way(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    start(ledger, "other", tenant="south")
    for name in ("a", "b", "c"):
        start(ledger, name)
    left = {name for name in ("other", "a", "b", "c") if ledger.sessions.sealed_key(name)}
    assert left in ({"other", "b", "c"}, {"other", "a", "c"})  # the clock counts milliseconds


def test_sign_in_is_in_the_audit_log_without_the_key(ledger: Ledger) -> None:
    start(ledger, "one")
    entry = ledger.audit_log.last(AuditKind.SIGNED_IN)
    assert entry is not None
    assert json.loads(entry.body) == {
        "actor": ANA.name,
        "address": ANA.address,
        "tenant": "north",
    }
