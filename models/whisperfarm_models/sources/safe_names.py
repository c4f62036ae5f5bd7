"""Rejects unsafe file names of a source."""

from pathlib import PurePosixPath

from whisperfarm_contract.problems import ModelRefused

_LONGEST = 512


def safe(name: str, *, source: str) -> str:
    """Return the name if it stays below its folder. Raises `ModelRefused` otherwise."""
    parts = PurePosixPath(name).parts
    bad = (
        not name
        or len(name) > _LONGEST
        or name.startswith("/")
        or ".." in parts
        or any(ord(letter) < ord(" ") or letter == "\\" for letter in name)
    )
    if bad:
        raise ModelRefused(f"{source} has a file with the unsafe name {name!r}")
    return name
