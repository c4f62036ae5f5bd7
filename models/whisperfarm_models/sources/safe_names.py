"""Rejects unsafe file names of a source."""

from pathlib import PurePosixPath

from whisperfarm_contract.problems import ModelIntegrityError

_MAX_CHARS = 512


def validate_path(name: str, *, source: str) -> str:
    """Return the name if it stays below its folder. Raises `ModelIntegrityError` otherwise."""
    parts = PurePosixPath(name).parts
    is_unsafe = (
        not name
        or len(name) > _MAX_CHARS
        or name.startswith("/")
        or ".." in parts
        or any(ord(letter) < ord(" ") or letter == "\\" for letter in name)
    )
    if is_unsafe:
        raise ModelIntegrityError(f"{source} has a file with the unsafe name {name!r}")
    return name
