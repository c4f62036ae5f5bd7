"""The option `channel_names`."""

import pytest

from whisperfarm_contract import options
from whisperfarm_contract.problems import InvalidOption


@pytest.mark.parametrize("given", ["agent,customer", " agent , customer ", "Bearbeiterin,Anna M."])
def test_names_are_listed_in_the_order_of_the_channels(given: str) -> None:
    names = options.read({"channel_names": given}).listed_channel_names
    assert names == tuple(name.strip() for name in given.split(","))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("agent,,customer", "0 characters"),
        ("a" * 61, "61 characters"),
        (",".join("abcdefghijklmnopq"), "17 names"),
        ("agent,agent", "2 times"),
        ("<b>,customer", "unprintable"),
        ("a-->b", "unprintable"),
        ("agent\n\n1", "unprintable"),
        ("agent\u202egpj", "unprintable"),
        ("SPEAKER_01,agent", "farm gives"),
        (["agent"], "list of names"),
    ],
)
def test_invalid_names_are_rejected(given: object, why: str) -> None:
    with pytest.raises(InvalidOption, match=f"channel_names: .*{why}"):
        options.read({"channel_names": given})
