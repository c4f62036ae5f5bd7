"""SHA-256 and git digests of files."""

import hashlib
from pathlib import Path

from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_models.inventory import ModelFile
from whisperfarm_models.sources.port import RemoteFile

_CHUNK_BYTES = 2**20


class Digests:
    """Digests and length of a stream. The git digest needs its `size_bytes` in advance."""

    def __init__(self, size_bytes: int | None) -> None:
        self.read_bytes = 0
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(usedforsecurity=False)  # git's choice; SHA-256 secures the content
        self._git.update(f"blob {size_bytes or 0}\0".encode())

    def update(self, chunk: bytes) -> None:
        self.read_bytes += len(chunk)
        self._sha256.update(chunk)
        self._git.update(chunk)

    def update_from(self, path: Path) -> None:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                self.update(chunk)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, in hexadecimal."""
        return self._sha256.hexdigest()

    def check(self, remote_file: RemoteFile, file: ModelFile) -> None:
        """Raise `ModelIntegrityError` unless the digests are those of the inventory and the
        source."""
        for wanted in (file.sha256, remote_file.sha256):
            if wanted is not None and wanted.lower() != self.sha256:
                raise ModelIntegrityError(
                    f"{remote_file.where} has the SHA-256 {self.sha256} instead of {wanted} and was"
                    " discarded; check the source and pull again"
                )
        if remote_file.git_sha1 is not None and remote_file.git_sha1 != self._git.hexdigest():
            raise ModelIntegrityError(
                f"{remote_file.where} has the git blob id {self._git.hexdigest()} instead of"
                f" {remote_file.git_sha1} and was discarded; check the source and pull again"
            )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
