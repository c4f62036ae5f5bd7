"""The interface of a blob store. One conformance suite tests all implementations."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from whisperfarm_contract.problems import ServerError


class BlobNotFound(ServerError):
    """A recording or transcript that should be in the blob store is missing."""

    name = "blob-not-found"


def missing(key: str) -> BlobNotFound:
    """Return the problem for a missing blob."""
    return BlobNotFound(f"the blob {key} is not in the store; was it deleted by hand?")


class BlobWriter(Protocol):
    """Receiver of the bytes of one blob."""

    def write(self, data: bytes) -> object:
        """Append `data`. Raises `StorageFull` if it does not fit."""


class Blobs(Protocol):
    """Bytes under keys. A blob is written once and never changes.

    A key is names of letters, digits, `.`, `_` and `-` that are joined by `/`, such as
    `audio/default/<job>`. No name starts with a dot.

    Safe to use from several threads and processes. All methods raise `ValueError` for an invalid
    key, and `FarmUnavailable` if the store is unavailable.
    """

    def writer(self, key: str) -> AbstractContextManager[BlobWriter]:
        """Write a blob in pieces, inside a `with` block.

        The blob is durable and visible when the block has ended. If the block raises, nothing is
        stored. Replaces a blob of the same key. Raises `StorageFull` at the latest at the end.
        """

    def put(self, key: str, data: bytes) -> None:
        """Write a whole blob, like `writer`."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open a blob for reading, inside a `with` block. The file is seekable.

        Raises `BlobNotFound`. If reading fails, `read` raises `FarmUnavailable`.
        """

    def fetch(self, key: str, to: Path) -> Path:
        """Return a local file with the content of a blob: `to`, or an existing file of the store.

        The file is for reading only. Raises `BlobNotFound`.
        """

    def size(self, key: str) -> int | None:
        """Return the size of a blob in bytes, or `None` if it does not exist."""

    def delete(self, key: str) -> None:
        """Delete a blob. Does nothing if it does not exist."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys that start with `prefix`, in any order, without unfinished blobs.

        `prefix` may end within a name; the part up to its last `/` must be a valid key.
        """

    def older_than(self, prefix: str = "", *, older_than_s: float) -> Iterator[str]:
        """Yield the `keys` of blobs that were written more than `older_than_s` seconds ago."""

    def presigned_url(self, key: str, *, expires_s: int) -> str | None:
        """Return a URL that reads the blob without credentials for `expires_s` seconds.

        Returns `None` if the store has no such URLs. The blob may not exist.
        """

    def check(self) -> None:
        """Check that the store is available.

        Raises `InvalidSettings` if it rejects the bucket or the credentials, and `FarmUnavailable`
        if it does not respond.
        """
