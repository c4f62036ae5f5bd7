"""Upload tokens are found until they are deleted, a day after they expired."""

import pytest

from whisperfarm_contract.problems import TenantBusy
from whisperfarm_store.ledger import Ledger, UploadGrant, upload_tokens

NORTH = UploadGrant(tenant="north", fields={"language": "en"}, key_id="3f9a1c0e77b2")
SOUTH = UploadGrant(tenant="south", fields={}, key_id="token-0a1b", is_subject=True)


def test_token_is_found_with_its_grant(ledger: Ledger) -> None:
    for grant in (NORTH, SOUTH):
        token, text = ledger.upload_tokens.create(grant, expires_in_s=60)
        assert ledger.upload_tokens.find(text.id) == token
        assert (token.grant, token.is_expired) == (grant, False)
        assert text.has_digest(token.digest)
        assert text.secret not in str(token)
    assert ledger.upload_tokens.find("0" * 12) is None


def test_expired_token_is_found_for_a_day(ledger: Ledger) -> None:
    expired, _ = ledger.upload_tokens.create(NORTH, expires_in_s=-1)
    old, _ = ledger.upload_tokens.create(NORTH, expires_in_s=-90_000)
    ledger.upload_tokens.create(NORTH, expires_in_s=60)
    found = ledger.upload_tokens.find(expired.id)
    assert found is not None
    assert found.is_expired
    assert ledger.upload_tokens.find(old.id) is None


def test_tenant_has_a_bounded_number_of_tokens(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_tokens, "MAX_TOKENS", 2)
    ledger.upload_tokens.create(NORTH, expires_in_s=-1)
    for _ in range(2):
        ledger.upload_tokens.create(NORTH, expires_in_s=60)
    with pytest.raises(TenantBusy):
        ledger.upload_tokens.create(NORTH, expires_in_s=60)
    ledger.upload_tokens.create(SOUTH, expires_in_s=60)
