"""Digests of content: our own, and the name that git gives it."""

import hashlib
from pathlib import Path

from whisperfarm_contract.problems import ModelRefused
from whisperfarm_models.inventory import ModelFile
from whisperfarm_models.sources.port import Offer

_CHUNK_BYTES = 2**20


class Digests:
    """Digests of a stream of bytes, and how many there were."""

    def __init__(self, size_bytes: int | None) -> None:
        self.seen_bytes = 0
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(usedforsecurity=False)  # as git does; ours is the other one
        self._git.update(f"blob {size_bytes or 0}\0".encode())

    def update(self, chunk: bytes) -> None:
        """More of the stream."""
        self.seen_bytes += len(chunk)
        self._sha256.update(chunk)
        self._git.update(chunk)

    def update_from(self, path: Path) -> None:
        """All of a file."""
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                self.update(chunk)

    @property
    def sha256(self) -> str:
        """The SHA-256, in hexadecimal digits."""
        return self._sha256.hexdigest()

    def check(self, offer: Offer, file: ModelFile) -> None:
        """Raise `ModelRefused` when the stream is not what the table and the source say."""
        for wanted in (file.sha256, offer.sha256):
            if wanted is not None and wanted.lower() != self.sha256:
                raise ModelRefused(
                    f"{offer.where} has the SHA-256 {self.sha256} and should have {wanted};"
                    " nothing of it was kept"
                )
        if offer.git_sha1 is not None and offer.git_sha1 != self._git.hexdigest():
            raise ModelRefused(
                f"{offer.where} has the git name {self._git.hexdigest()} and should have"
                f" {offer.git_sha1}; nothing of it was kept"
            )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
