"""The keys of a JWKS file, which is read again when it has changed."""

from pathlib import Path

from jwt import PyJWK

from whisperfarm_dispatcher.api.tokens.key_set import (
    MAX_JWKS_BYTES,
    PUBLIC_ALGORITHMS,
    KeySet,
    read_key_set,
)
from whisperfarm_store import events

Version = tuple[int, int, int]
"""What changes with the content of a file: its inode, its time and its size."""


class KeyFile:
    """A JWKS file. If a new version cannot be read, the keys of the last one stay in use."""

    algorithms = PUBLIC_ALGORITHMS

    def __init__(self, path: Path) -> None:
        """Read the file. Raises `ValueError` or `OSError`."""
        self._path = path
        self._version = _version(path)
        self._keys = read_key_file(path)

    async def find(self, key_id: str | None) -> PyJWK | None:
        version = _version(self._path)
        if version != self._version:
            self._version = version  # before it is read: an invalid version is logged once
            self._read_again()
        return self._keys.find(key_id)

    def _read_again(self) -> None:
        try:
            self._keys = read_key_file(self._path)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            events.access.token_keys_unavailable.log(error=f"{self._path}: {reason}")
        else:
            events.access.token_keys_loaded.log(keys=len(self._keys))


def read_key_file(path: Path) -> KeySet:
    """Return the keys of the file. Raises `ValueError` or `OSError`."""
    with path.open("rb") as file:
        return read_key_set(file.read(MAX_JWKS_BYTES + 1))


def _version(path: Path) -> Version | None:
    """Return the version of the file, or `None` if it is missing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
