"""Validates the keys of blobs."""

import re

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_MAX_KEY_LENGTH = 900
_MAX_NAME_LENGTH = 200
"""In characters: file systems allow names of 255 bytes, S3 keys of 1024."""


def validate_key(key: str) -> str:
    """Return `key`, which is one or more names joined by `/`. Raises `ValueError` if it is invalid.

    A name consists of letters, digits, `.`, `_` and `-`. It cannot start with a dot: this excludes
    `..`, and reserves such names for the stores.
    """
    names = key.split("/")
    if not all(_NAME.fullmatch(name) for name in names):
        raise ValueError(
            f"{key!r} cannot be the key of a blob; use names of letters, digits, . _ and -, joined"
            " by /, that do not start with a dot"
        )
    if len(key) > _MAX_KEY_LENGTH or max(map(len, names)) > _MAX_NAME_LENGTH:
        raise ValueError(
            f"{key!r} is too long for the key of a blob; use up to {_MAX_KEY_LENGTH} characters,"
            f" {_MAX_NAME_LENGTH} in each name"
        )
    return key
