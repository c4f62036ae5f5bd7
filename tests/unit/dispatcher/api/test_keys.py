from hashlib import sha256

import pytest

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.keys import read_keys


def test_key_without_tenant_belongs_to_the_default_tenant() -> None:
    assert read_keys("correct-horse").tenant_of("correct-horse") == DEFAULT_TENANT


def test_tenant_of_finds_the_keys_tenant() -> None:
    ring = read_keys("north:first-key, south:second-key,third-key")
    assert ring.tenant_of("first-key") == "north"
    assert ring.tenant_of("second-key") == "south"
    assert ring.tenant_of("third-key") == DEFAULT_TENANT


@pytest.mark.parametrize("presented", ["", "first", "first-keys", "north:first-key", "FIRST-KEY"])
def test_tenant_of_returns_none_for_other_keys(presented: str) -> None:
    assert read_keys("north:first-key").tenant_of(presented) is None


def test_key_may_be_written_as_its_digest() -> None:
    digest = sha256(b"first-key").hexdigest()
    ring = read_keys(f"north:sha256:{digest.upper()},sha256:{sha256(b'other').hexdigest()}")
    assert ring.tenant_of("first-key") == "north"
    assert ring.tenant_of("other") == DEFAULT_TENANT
    assert ring.tenant_of(digest) is None


def test_keys_are_kept_as_digests() -> None:
    ring = read_keys("north:first-key,second-key")
    assert "first-key" not in repr(ring)
    assert "first-key" not in ring.to_setting()
    assert read_keys(ring.to_setting()) == ring


def test_non_ascii_key_has_no_tenant() -> None:
    assert read_keys("first-key").tenant_of("schl\u00fcssel\udcff") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "no key"),
        (" , ", "no key"),
        ("good,../etc:secret-key", "entry 2"),
        ("north:", "entry 1"),
        ("sha256:abc", "entry 1"),
        ("north:sha256:xyz", "entry 1"),
    ],
)
def test_read_secrets_names_the_invalid_entry_by_position(text: str, place: str) -> None:
    with pytest.raises(InvalidSettings, match=place) as raised:
        read_keys(text)
    assert "secret-key" not in str(raised.value)


@pytest.mark.parametrize("second", ["secret-key", f"sha256:{sha256(b'secret-key').hexdigest()}"])
def test_key_of_two_tenants_is_rejected(second: str) -> None:
    with pytest.raises(
        InvalidSettings, match=r"WHISPERFARM_API_KEYS.*'north' and 'south'"
    ) as raised:
        read_keys(f"north:secret-key,south:{second}")
    assert "secret-key" not in str(raised.value)
    assert read_keys("north:secret-key,north:secret-key").tenant_of("secret-key") == "north"


@pytest.mark.parametrize("key", ["schlüssel", "secret\u00a0key", "secret\x7fkey"])
def test_key_that_no_header_can_carry_is_rejected(key: str) -> None:
    with pytest.raises(InvalidSettings, match=r"entry 2: .*ASCII") as raised:
        read_keys(f"first-key,north:{key}")
    assert key not in str(raised.value)
