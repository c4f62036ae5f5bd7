"""The API key of requests, and the file that has it."""

import os
from contextlib import suppress

from whisperfarm_contract.problems import InvalidSettings


class KeyFile:
    """A file with an API key, which is read again when it has changed.

    So a key can be replaced while a program runs. While the file cannot be read or has no valid
    key, as while it is written, its last key is used.
    """

    def __init__(self, path: str) -> None:
        """Read the file. Raises `InvalidSettings` if it cannot be read or has no valid key."""
        self._path = path
        self._version = file_version(path)
        self._key = _read(path)

    def read(self) -> str:
        """Return the key that the file has now."""
        version = file_version(self._path)
        if version != self._version:
            with suppress(InvalidSettings):
                self._key = _read(self._path)
                self._version = version
        return self._key


def check(key: str, where: str) -> str:
    """Return the key. Raises `InvalidSettings`, which names only the place, if it is invalid."""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise InvalidSettings(f"{where}: invalid key; use printable ASCII characters, no spaces")
    return key


def file_version(path: str) -> tuple[int, ...] | None:
    """Return what differs between two versions of a file, or `None` if there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return check(file.read().strip(), f"the key file {path}")
    except (OSError, UnicodeDecodeError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "it is not text"
        raise InvalidSettings(f"the key file {path} cannot be read: {reason}") from error
