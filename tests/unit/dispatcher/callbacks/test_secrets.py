import base64

import pytest

from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import ForbiddenAddress, InvalidOption, InvalidSettings
from whisperfarm_contract.signing import Secret
from whisperfarm_dispatcher.callbacks.secrets import read_secrets
from whisperfarm_dispatcher.submission import callback_check

ONE, TWO, THREE = (base64.b64encode(letter * 32).decode() for letter in (b"1", b"2", b"3"))


def test_for_tenant_returns_the_tenants_secrets() -> None:
    ring = read_secrets(f"whsec_{ONE}, acme:whsec_{TWO}, acme:whsec_{THREE},")
    assert ring.for_tenant("default") == (Secret(b"1" * 32),)
    assert ring.for_tenant("acme") == (Secret(b"2" * 32), Secret(b"3" * 32))
    assert ring.for_tenant("umbrella") == ()


def test_read_keys_names_the_invalid_entry_by_position() -> None:
    with pytest.raises(InvalidSettings, match="CALLBACK_SECRETS, entry 2") as refused:
        read_secrets(f"whsec_{ONE},acme:{TWO}")
    assert TWO not in refused.value.detail


def test_submit_rejects_callbacks_that_cannot_be_signed() -> None:
    asked = JobPolicy(callback_url="https://example.com")
    with pytest.raises(InvalidOption, match="WHISPERFARM_CALLBACK_SECRETS"):
        callback_check.check(asked, "umbrella", secrets=read_secrets(f"whsec_{ONE}"), allowed=())
    callback_check.check(asked, "default", secrets=read_secrets(f"whsec_{ONE}"), allowed=())


def test_submit_rejects_callbacks_to_forbidden_addresses() -> None:
    asked = JobPolicy(callback_url="http://127.0.0.1:1")
    with pytest.raises(ForbiddenAddress, match=r"callback_url: .*WHISPERFARM_ALLOWED_NETWORKS"):
        callback_check.check(asked, "default", secrets=read_secrets(f"whsec_{ONE}"), allowed=())


def test_check_accepts_jobs_without_callback() -> None:
    callback_check.check(JobPolicy(), "default", secrets=read_secrets(""), allowed=())
