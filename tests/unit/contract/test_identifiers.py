"""Keys and names that several parts of the farm make."""

import pytest

from whisperfarm_contract import identifiers


def test_result_key_differs_per_attempt() -> None:
    assert identifiers.result_key("acme", "0193", 1) != identifiers.result_key("acme", "0193", 2)


def test_audio_key_differs_per_tenant() -> None:
    assert identifiers.audio_key("acme", "0193") != identifiers.audio_key("other", "0193")


def test_queue_name_starts_with_whisperfarm() -> None:
    assert identifiers.queue_name("demo") == "whisperfarm.demo"


@pytest.mark.parametrize("own", ["transfer:", "transfer:../x", "transfer:a b", "transfer:a/b", "x"])
def test_only_the_key_of_a_transfer_names_one(own: str) -> None:
    assert identifiers.transfer_of_key(own) is None
    assert identifiers.transfer_of_key(identifiers.transfer_key("01a2-b_c")) == "01a2-b_c"
