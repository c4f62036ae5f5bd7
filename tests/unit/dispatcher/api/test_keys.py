from hashlib import sha256

import pytest

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.permissions import Role
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api import keys
from whisperfarm_dispatcher.api.keys import KeyRing, join

VARIABLE = "WHISPERFARM_API_KEYS"


def read_keys(text: str) -> KeyRing:
    return keys.read_keys(text, variable=VARIABLE)


def tenant_of(ring: KeyRing, api_key: str) -> str | None:
    key = ring.find(api_key)
    return None if key is None else key.tenant


def test_key_without_tenant_belongs_to_the_default_tenant() -> None:
    assert tenant_of(read_keys("correct-horse"), "correct-horse") == DEFAULT_TENANT


def test_key_is_found_with_its_tenant() -> None:
    ring = read_keys("north:first-key, south:second-key,third-key")
    assert tenant_of(ring, "first-key") == "north"
    assert tenant_of(ring, "second-key") == "south"
    assert tenant_of(ring, "third-key") == DEFAULT_TENANT


@pytest.mark.parametrize("presented", ["", "first", "first-keys", "north:first-key", "FIRST-KEY"])
def test_other_keys_are_not_found(presented: str) -> None:
    assert tenant_of(read_keys("north:first-key"), presented) is None


def test_key_may_be_written_as_its_digest() -> None:
    digest = sha256(b"first-key").hexdigest()
    ring = read_keys(f"north:sha256:{digest.upper()},sha256:{sha256(b'other').hexdigest()}")
    assert tenant_of(ring, "first-key") == "north"
    assert tenant_of(ring, "other") == DEFAULT_TENANT
    assert tenant_of(ring, digest) is None


def test_keys_are_kept_as_digests() -> None:
    ring = read_keys("north:first-key,second-key")
    assert "first-key" not in repr(ring)
    assert "first-key" not in ring.to_setting()
    assert read_keys(ring.to_setting()) == ring


def test_non_ascii_key_is_not_found() -> None:
    assert tenant_of(read_keys("first-key"), "schl\u00fcssel\udcff") is None


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
def test_read_keys_names_the_invalid_entry_by_position(text: str, place: str) -> None:
    with pytest.raises(InvalidSettings, match=place) as raised:
        read_keys(text)
    assert "secret-key" not in str(raised.value)


@pytest.mark.parametrize("second", ["secret-key", f"sha256:{sha256(b'secret-key').hexdigest()}"])
def test_key_of_two_tenants_is_rejected(second: str) -> None:
    with pytest.raises(
        InvalidSettings, match=r"WHISPERFARM_API_KEYS.*'north' and .*'south'"
    ) as raised:
        read_keys(f"north:secret-key,south:{second}")
    assert "secret-key" not in str(raised.value)
    assert tenant_of(read_keys("north:secret-key,north:secret-key"), "secret-key") == "north"


@pytest.mark.parametrize("key", ["schlüssel", "secret\u00a0key", "secret\x7fkey"])
def test_key_that_no_header_can_carry_is_rejected(key: str) -> None:
    with pytest.raises(InvalidSettings, match=r"entry 2: .*ASCII") as raised:
        read_keys(f"first-key,north:{key}")
    assert key not in str(raised.value)


def test_keys_of_operators_have_their_role() -> None:
    operators = keys.read_keys("north:other-key", variable=VARIABLE, role=Role.OPERATOR)
    ring = join(read_keys("north:first-key"), operators)
    assert [key.role for key in ring.keys] == [Role.CALLER, Role.OPERATOR]


def test_key_of_two_roles_is_rejected() -> None:
    operators = keys.read_keys("north:secret-key", variable=VARIABLE, role=Role.OPERATOR)
    with pytest.raises(InvalidSettings, match=r"the caller of .*the operator of") as raised:
        join(read_keys("north:secret-key"), operators)
    assert "secret-key" not in str(raised.value)
