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
