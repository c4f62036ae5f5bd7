import base64

import pytest

from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import AddressRefused, OptionWrong, SettingsWrong
from whisperfarm_contract.signing import Secret
from whisperfarm_dispatcher.callbacks.secrets import read_secrets
from whisperfarm_dispatcher.submission import callback_check

ONE, TWO, THREE = (base64.b64encode(letter * 32).decode() for letter in (b"1", b"2", b"3"))


def test_each_tenant_has_its_own() -> None:
    ring = read_secrets(f"whsec_{ONE}, acme:whsec_{TWO}, acme:whsec_{THREE},")
    assert ring.of("default") == (Secret(b"1" * 32),)
    assert ring.of("acme") == (Secret(b"2" * 32), Secret(b"3" * 32))
    assert ring.of("umbrella") == ()


def test_a_bad_one_is_told_by_its_place() -> None:
    with pytest.raises(SettingsWrong, match="CALLBACK_SECRETS, entry 2") as refused:
        read_secrets(f"whsec_{ONE},acme:{TWO}")
    assert TWO not in refused.value.detail


def test_a_callback_that_can_not_be_signed_is_not_promised() -> None:
    asked = Terms(callback_url="https://example.com")
    with pytest.raises(OptionWrong, match="WHISPERFARM_CALLBACK_SECRETS"):
        callback_check.check(asked, "umbrella", secrets=read_secrets(f"whsec_{ONE}"), allowed=())
    callback_check.check(asked, "default", secrets=read_secrets(f"whsec_{ONE}"), allowed=())


def test_a_callback_to_where_the_farm_may_not_go_is_not_promised() -> None:
    asked = Terms(callback_url="http://127.0.0.1:1")
    with pytest.raises(AddressRefused, match=r"callback_url: .*WHISPERFARM_ALLOWED_NETWORKS"):
        callback_check.check(asked, "default", secrets=read_secrets(f"whsec_{ONE}"), allowed=())


def test_a_job_without_callback_needs_no_secret() -> None:
    callback_check.check(Terms(), "default", secrets=read_secrets(""), allowed=())
