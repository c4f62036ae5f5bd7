"""The port that every blob store fills. One conformance suite holds for all of them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from whisperfarm_contract.problems import FarmFault


class BlobMissing(FarmFault):
    """A recording or transcript that should be in the blob store is not there."""

    name = "blob-missing"


def missing(key: str) -> BlobMissing:
    """The problem of a blob that is not there."""
    return BlobMissing(f"the blob {key} is not in the store; was it deleted by hand?")


class BlobWriter(Protocol):
    """Takes the bytes of one blob, piece by piece."""

    def write(self, data: bytes) -> object:
        """Add `data`. Raises `StorageFull` when it does not fit."""


class Blobs(Protocol):
    """Bytes under keys such as `audio/default/<job>`. Safe to use from several threads.

    A key that could leave the store is refused with `ValueError`.
    """

    def writer(self, key: str) -> AbstractContextManager[BlobWriter]:
        """Write a blob: durable and visible when the block ends well, and not at all otherwise."""

    def put(self, key: str, data: bytes) -> None:
        """Write a whole blob."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Read a blob. Raises `BlobMissing`."""

    def fetch(self, key: str, to: Path) -> Path:
        """A local file with the content, only to be read: `to`, or one that there is already.

        Raises `BlobMissing`.
        """

    def size(self, key: str) -> int | None:
        """How many bytes the blob has, or `None` when there is none."""

    def delete(self, key: str) -> None:
        """Remove a blob. One that is not there is fine."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of all whole blobs that begin with `prefix`, in no order."""

    def aged(self, prefix: str = "", *, older_than_s: float) -> Iterator[str]:
        """Those of `keys` that were written longer ago than that."""

    def link(self, key: str, *, expires_s: int) -> str | None:
        """A URL by which anybody can read the blob for so long; `None` where there are none."""

    def check(self) -> None:
        """Look whether the store is there. Raises `SettingsWrong` or `FarmUnavailable`."""
