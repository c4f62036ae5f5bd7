"""Keys of the ledger are read again after seconds, and never without the ledger."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.ledger import open_migrated
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.api.ledger_keys import MAX_AGE_S, LedgerKeys
from whisperfarm_store.ledger import ApiKey, ApiKeys, KeyGrant, KeyState


@dataclass
class Clock:
    """A clock that a test sets."""

    time_s: float = 0.0

    def __call__(self) -> float:
        return self.time_s


class UnavailableKeys(ApiKeys):
    """Keys of a ledger that does not answer."""

    def get(self, key_id: str) -> ApiKey:
        raise FarmUnavailable(key_id)


@pytest.fixture
def api_keys(tmp_path: Path) -> ApiKeys:
    return open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}").api_keys


def state(keys: LedgerKeys, text: str) -> KeyState | None:
    found = asyncio.run(keys.find(text))
    return None if found is None else found.state


def test_revocation_takes_effect_within_the_stated_time(api_keys: ApiKeys) -> None:
    key, text = api_keys.create(KeyGrant(tenant="north", role="caller"))
    clock = Clock()
    keys = LedgerKeys(api_keys, clock=clock)
    assert state(keys, text.text) is KeyState.ACTIVE
    api_keys.revoke(key.id)
    clock.time_s = MAX_AGE_S
    assert state(keys, text.text) is KeyState.REVOKED
    assert MAX_AGE_S <= 2  # docs/how-to/access.md


def test_unknown_key_is_found_once_it_is_created(api_keys: ApiKeys) -> None:
    _, text = api_keys.create(KeyGrant(tenant="north", role="caller"))
    clock = Clock()
    keys = LedgerKeys(api_keys, clock=clock)
    assert state(keys, f"wf_{'0' * 12}_{text.secret}") is None
    assert state(keys, text.text) is KeyState.ACTIVE


def test_unavailable_ledger_is_not_an_unknown_key(tmp_path: Path) -> None:
    database = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}").database
    keys = LedgerKeys(UnavailableKeys(database))
    with pytest.raises(FarmUnavailable):
        state(keys, f"wf_{'0' * 12}_{'A' * 43}")


def test_text_that_is_not_a_key_is_not_looked_up(tmp_path: Path) -> None:
    database = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}").database
    assert state(LedgerKeys(UnavailableKeys(database)), "a-key-of-the-settings") is None
