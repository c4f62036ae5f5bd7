"""API keys are kept by digest, expire, and are revoked and rotated."""

import pytest
from sqlalchemy import select

from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import ApiKeyNotFound
from whisperfarm_store.ledger import KeyGrant, KeyState, Ledger, parse_key_text
from whisperfarm_store.ledger.db.tables import api_keys

CALLER = KeyGrant(
    tenant="north",
    role="caller",
    name="siprec-1",
    rate_limit="20/second",
    max_jobs_per_day=3_000_000_000,
    max_audio_s_per_day=0.5,
)


def test_created_key_is_found_by_its_id(ledger: Ledger) -> None:
    key, text = ledger.api_keys.create(CALLER)
    found = ledger.api_keys.get(key.id)
    assert found == key
    assert (found.tenant, found.role, found.name) == ("north", "caller", "siprec-1")
    assert (found.rate_limit, found.permissions) == ("20/second", ())
    assert (found.max_jobs_per_day, found.max_audio_s_per_day) == (3_000_000_000, 0.5)
    assert (found.state, found.expires_at, found.last_used_at) == (KeyState.ACTIVE, None, None)
    assert found.created_at > 0
    assert parse_key_text(text.text) == text
    assert text.has_digest(found.digest)


def test_secret_is_not_in_the_ledger(ledger: Ledger) -> None:
    key, text = ledger.api_keys.create(CALLER)
    with ledger.database.read() as connection:
        row = connection.execute(select(api_keys)).one()
    assert text.secret not in repr(row)
    assert text.secret not in f"{key!r} {text!r}"


def test_secrets_differ(ledger: Ledger) -> None:
    _, first = ledger.api_keys.create(CALLER)
    second_key, second = ledger.api_keys.create(CALLER)
    assert first.secret != second.secret
    assert not first.has_digest(second_key.digest)


def test_key_may_have_permissions_instead_of_a_role(ledger: Ledger) -> None:
    granted = (Permission.SUBMIT_JOBS, Permission.READ_JOBS)
    key, _ = ledger.api_keys.create(KeyGrant(tenant="a", permissions=granted))
    assert (key.role, key.permissions) == (None, granted)


def test_key_expires(ledger: Ledger) -> None:
    expired, _ = ledger.api_keys.create(KeyGrant(tenant="a", role="caller", expires_in_s=0))
    later, _ = ledger.api_keys.create(KeyGrant(tenant="a", role="caller", expires_in_s=60))
    assert expired.state is KeyState.EXPIRED
    assert later.state is KeyState.ACTIVE
    assert later.expires_at is not None
    assert 59 < later.expires_at - later.created_at < 61


def test_revoked_key_stays_revoked(ledger: Ledger) -> None:
    key, _ = ledger.api_keys.create(CALLER)
    revoked = ledger.api_keys.revoke(key.id)
    assert revoked.state is KeyState.REVOKED
    assert ledger.api_keys.revoke(key.id) == revoked
    with pytest.raises(ApiKeyNotFound, match="is revoked"):
        ledger.api_keys.rotate(key.id, grace_s=60)


def test_rotated_key_is_accepted_for_the_grace_period(ledger: Ledger) -> None:
    old, _ = ledger.api_keys.create(CALLER)
    new, text = ledger.api_keys.rotate(old.id, grace_s=60)
    replaced = ledger.api_keys.get(old.id)
    assert (replaced.state, replaced.replaced_by) == (KeyState.ACTIVE, new.id)
    assert replaced.expires_at is not None
    assert new.id != old.id
    assert (new.tenant, new.role, new.name, new.rate_limit) == (
        *("north", "caller", "siprec-1", "20/second"),
    )
    assert (new.max_jobs_per_day, new.max_audio_s_per_day) == (3_000_000_000, 0.5)
    assert (new.expires_at, new.state) == (None, KeyState.ACTIVE)
    assert text.has_digest(new.digest)


def test_key_is_rotated_once(ledger: Ledger) -> None:
    old, _ = ledger.api_keys.create(CALLER)
    new, _ = ledger.api_keys.rotate(old.id, grace_s=60)
    with pytest.raises(ApiKeyNotFound, match=f"rotate {new.id}"):
        ledger.api_keys.rotate(old.id, grace_s=60)


def test_rotation_without_grace_ends_the_old_key(ledger: Ledger) -> None:
    old, _ = ledger.api_keys.create(CALLER)
    ledger.api_keys.rotate(old.id, grace_s=0)
    assert ledger.api_keys.get(old.id).state is KeyState.EXPIRED


def test_rotation_keeps_lifetime_and_earlier_end(ledger: Ledger) -> None:
    old, _ = ledger.api_keys.create(KeyGrant(tenant="a", role="caller", expires_in_s=100))
    new, _ = ledger.api_keys.rotate(old.id, grace_s=3600)
    assert ledger.api_keys.get(old.id).expires_at == old.expires_at
    assert new.expires_at is not None
    assert 99 < new.expires_at - new.created_at < 101


def test_keys_are_listed_by_tenant(ledger: Ledger) -> None:
    south, _ = ledger.api_keys.create(KeyGrant(tenant="south", role="caller"))
    north, _ = ledger.api_keys.create(CALLER)
    assert ledger.api_keys.list() == [north, south]
    assert ledger.api_keys.list("south") == [south]


def test_use_is_recorded(ledger: Ledger) -> None:
    key, _ = ledger.api_keys.create(CALLER)
    ledger.api_keys.record_use(key.id)
    used_at = ledger.api_keys.get(key.id).last_used_at
    assert used_at is not None
    assert used_at >= key.created_at


def test_unknown_key_is_not_found(ledger: Ledger) -> None:
    for request in (ledger.api_keys.get, ledger.api_keys.revoke):
        with pytest.raises(ApiKeyNotFound, match="keys list"):
            request("0123456789ab")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wf_",
        "wf_0123456789ab_short",
        f"wf_0123456789AB_{'a' * 43}",
        f"wf_0123456789ab_{'a' * 43}\n",
    ],
)
def test_other_texts_are_not_keys(text: str) -> None:
    assert parse_key_text(text) is None
