"""Validates the keys of blobs."""

import re

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_MAX_KEY_LENGTH = 900
_MAX_NAME_LENGTH = 200
"""In characters: file systems allow names of 255 bytes, S3 keys of 1024."""


def validate_key(key: str) -> str:
    """Return `key`. Raises `ValueError` unless it is names of letters, digits, `.`, `_` and `-`
    that are joined by `/`.

    A name cannot start with a dot: this excludes `..`, and reserves such names for the stores.
    """
    names = key.split("/")
    if not all(_NAME.fullmatch(name) for name in names):
        raise ValueError(f"{key!r} cannot be the key of a blob")
    if len(key) > _MAX_KEY_LENGTH or max(map(len, names)) > _MAX_NAME_LENGTH:
        raise ValueError(f"{key!r} is too long for the key of a blob")
    return key
