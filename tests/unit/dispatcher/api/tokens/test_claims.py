"""Claims are found by name or by JSON pointer."""

from typing import Any

import pytest

from whisperfarm_dispatcher.api.tokens.claims import read_claim

CLAIMS: dict[str, Any] = {
    "https://example.org/tenant": "north",
    "realm_access": {"roles": ["caller"], "a/b": 1},
    "list": [1],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("https://example.org/tenant", "north"),
        ("/realm_access/roles", ["caller"]),
        ("/realm_access/a~1b", 1),
        ("/realm_access/none", None),
        ("/list/0", None),
        ("realm_access.roles", None),
        ("/", None),
    ],
)
def test_claim_is_found(name: str, value: Any) -> None:
    assert read_claim(CLAIMS, name) == value
