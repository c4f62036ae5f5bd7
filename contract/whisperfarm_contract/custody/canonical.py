"""JSON in one form only, so that equal values have equal hashes and signatures."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def canonical(value: Any) -> str:
    """Return a JSON value in the form of RFC 8785: sorted names, and no spaces.

    Names are ASCII, and numbers are whole or ordinary decimals: for these the two forms are equal.
    Raises `ValueError` for numbers that JSON does not have.
    """
    return json.dumps(
        _whole_numbers(value),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal.

    Bytes that were not UTF-8 when the text was read are hashed as they were.
    """
    return sha256(text.encode(errors="surrogateescape")).hexdigest()


def _whole_numbers(value: Any) -> Any:
    """Return the value with 1 instead of 1.0, as other languages write it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(name): _whole_numbers(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_whole_numbers(member) for member in value]
    return value
