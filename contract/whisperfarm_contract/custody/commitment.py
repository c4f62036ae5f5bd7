"""Commitments: hashes that stand in entries for personal values.

The entry has the SHA-256 of a random salt and the value; salt and value are stored beside the
chain. Without them the hash says nothing about the value, so that they can be erased while the
chain stays whole.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

SALT_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Salt and value behind the commitment in a field of an entry. `salt` is hexadecimal."""

    number: int
    field: str
    salt: str
    value: str

    def matches(self, body: Mapping[str, Any]) -> bool:
        """Return whether the body of the entry has the commitment to this value."""
        try:
            return body.get(self.field) == commit(self.salt, self.value)
        except (TypeError, ValueError, AttributeError):
            return False


def new_salt() -> str:
    """Return a random salt."""
    return secrets.token_hex(SALT_BYTES)


def commit(salt: str, value: str) -> dict[str, str]:
    """Return what stands in the entry for the value: the SHA-256 of the salt's bytes and the
    value's UTF-8. Raises `ValueError` if the salt is not hexadecimal."""
    salted = _bytes_of(salt) + value.encode(errors="surrogateescape")
    return {"commitment": sha256(salted).hexdigest()}


def _bytes_of(salt: str) -> bytes:
    """Return the salt's bytes; only one text stands for them."""
    data = bytes.fromhex(salt)
    if data.hex() != salt:
        raise ValueError(f"{salt!r} is not hexadecimal in lower case")
    return data
