"""The setting `WHISPERFARM_ADDITIONS`."""

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.additions.targets import read_targets


def test_operator_may_name_private_addresses() -> None:
    targets = read_targets(["summary=http://10.0.0.7:9100/summary", "topics = https://t.example"])
    assert targets == {"summary": "http://10.0.0.7:9100/summary", "topics": "https://t.example"}


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("=http://a.example", "its own name"),
        ("Summary=http://a.example", "its own name"),
        ("summary=file:///etc/passwd", "entry 1"),
        ("summary=http://", "entry 1"),
        ("summary=http://user:hunter2@a.example", "entry 1"),
        ("absent", "no installed package has 'absent'"),
    ],
)
def test_invalid_entry_is_rejected_by_its_number(entry: str, why: str) -> None:
    with pytest.raises(InvalidSettings, match=why) as caught:
        read_targets([entry])
    assert "hunter2" not in caught.value.detail


def test_name_is_given_once() -> None:
    with pytest.raises(InvalidSettings, match="entry 2"):
        read_targets(["a=http://a.example", "a=http://b.example"])
