"""Which keys a blob may have."""

import re

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_LONGEST_KEY = 900
_LONGEST_NAME = 200
"""In characters: file systems take names of 255 bytes, S3 keys of 1024."""


def checked(key: str) -> str:
    """`key`, or `ValueError` when it is not names of letters, digits, `.`, `_`, `-` joined by `/`.

    No name begins with a dot: so none is `..`, and such names are left to the stores themselves.
    """
    names = key.split("/")
    if not all(_NAME.fullmatch(name) for name in names):
        raise ValueError(f"{key!r} can not be the key of a blob")
    if len(key) > _LONGEST_KEY or max(map(len, names)) > _LONGEST_NAME:
        raise ValueError(f"{key!r} is too long for the key of a blob")
    return key
