"""How the blobs of a farm are encrypted, and which copies of them are outdated."""

from dataclasses import dataclass
from typing import BinaryIO

from whisperfarm_store.blobs import BlobDamaged, BlobNotFound, Blobs
from whisperfarm_store.blobs.encryption import (
    BlobLayer,
    EncryptedBlobs,
    Keyring,
    key_id_of,
    read_content,
)


@dataclass(frozen=True, slots=True)
class Encryption:
    """The store with the blobs as they are stored, and the keys, if there are any.

    Without `accepts_plain`, plain blobs and plain copies of them are refused.
    """

    stored: Blobs
    keys: Keyring | None
    accepts_plain: bool = True

    @staticmethod
    def of(blobs: Blobs) -> "Encryption":
        if isinstance(blobs, EncryptedBlobs):
            return Encryption(blobs.stored, blobs.keyring, blobs.accepts_plain)
        return Encryption(blobs.stored if isinstance(blobs, BlobLayer) else blobs, None)

    def over(self, copies: Blobs) -> Blobs:
        """Return the contents of the copies."""
        if self.keys is None:
            return copies
        return EncryptedBlobs(copies, self.keys, accepts_plain=self.accepts_plain)

    def read(self, file: BinaryIO, key: str) -> BinaryIO:
        """Return the content of a stored blob."""
        return read_content(file, key, self.keys, accepts_plain=self.accepts_plain)

    def is_outdated(self, key: str, copies: Blobs) -> bool:
        """Return whether the blob has been encrypted with the first key since it was copied."""
        first = None if self.keys is None else self.keys.first_id
        if first is None or key_id_of(copies, key) == first:
            return False
        try:
            return key_id_of(self.stored, key) == first
        except (BlobNotFound, BlobDamaged):
            return False
