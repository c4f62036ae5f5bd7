"""The master keys of a farm. They encrypt the data keys of blobs, of which each has its own."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from whisperfarm_store.blobs.encryption.header import VERSION, Header
from whisperfarm_store.blobs.encryption.problems import damaged, key_missing

KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key of `KEY_BYTES` with the id that headers name it by."""

    id: str
    secret: bytes = field(repr=False)


class Keyring:
    """Master keys. The first one encrypts new data keys, and all of them decrypt."""

    def __init__(self, keys: Sequence[MasterKey]) -> None:
        self._ciphers = {key.id: AESGCM(key.secret) for key in keys}
        self.first_id = keys[0].id

    def wrap(self, data_key: bytes, blob: str) -> Header:
        """Return the header of a blob that is encrypted with `data_key`."""
        nonce = os.urandom(_NONCE_BYTES)
        wrapped = self._ciphers[self.first_id].encrypt(nonce, data_key, _bound(self.first_id, blob))
        return Header(self.first_id, nonce, wrapped)

    def unwrap(self, header: Header, blob: str) -> bytes:
        """Return the data key of a blob. Raises `EncryptionKeyMissing` and `BlobDamaged`."""
        cipher = self._ciphers.get(header.key_id)
        if cipher is None:
            raise key_missing(header.key_id, blob)
        bound = _bound(header.key_id, blob)
        try:
            return cipher.decrypt(header.nonce, header.wrapped_key, bound)
        except InvalidTag:
            raise damaged(
                blob,
                f"its header was not made for it with the key {header.key_id!r} that this process"
                " has",
            ) from None


def _bound(key_id: str, blob: str) -> bytes:
    """Return what a header belongs to: one that is moved to another blob is not accepted."""
    return f"whisperfarm blob {VERSION} {key_id} {blob}".encode()
