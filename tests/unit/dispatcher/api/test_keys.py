from hashlib import sha256

import pytest

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_dispatcher.api.keys import read_keys


def test_a_bare_key_opens_for_the_default_tenant() -> None:
    assert read_keys("correct-horse").tenant_of("correct-horse") == DEFAULT_TENANT


def test_each_key_opens_for_its_own_tenant() -> None:
    ring = read_keys("north:first-key, south:second-key,third-key")
    assert ring.tenant_of("first-key") == "north"
    assert ring.tenant_of("second-key") == "south"
    assert ring.tenant_of("third-key") == DEFAULT_TENANT


@pytest.mark.parametrize("presented", ["", "first", "first-keys", "north:first-key", "FIRST-KEY"])
def test_nothing_but_the_key_itself_opens(presented: str) -> None:
    assert read_keys("north:first-key").tenant_of(presented) is None


def test_a_key_may_be_given_as_its_digest() -> None:
    digest = sha256(b"first-key").hexdigest()
    ring = read_keys(f"north:sha256:{digest.upper()},sha256:{sha256(b'other').hexdigest()}")
    assert ring.tenant_of("first-key") == "north"
    assert ring.tenant_of("other") == DEFAULT_TENANT
    assert ring.tenant_of(digest) is None


def test_no_key_is_kept_as_it_was_written() -> None:
    ring = read_keys("north:first-key,second-key")
    assert "first-key" not in repr(ring)
    assert "first-key" not in ring.to_text()
    assert read_keys(ring.to_text()) == ring


def test_a_key_that_is_not_ascii_is_no_key() -> None:
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
def test_a_bad_entry_is_named_by_its_place_and_never_shown(text: str, place: str) -> None:
    with pytest.raises(SettingsWrong, match=place) as raised:
        read_keys(text)
    assert "secret-key" not in str(raised.value)
