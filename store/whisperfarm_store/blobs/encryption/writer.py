"""Encrypts the bytes of one blob while they are written."""

import io

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from whisperfarm_store.blobs.encryption.chunks import CHUNK_BYTES, nonce_of
from whisperfarm_store.blobs.encryption.keyring import Keyring
from whisperfarm_store.blobs.port import BlobWriter


class EncryptingWriter:
    """Writer of header and chunks to `target`, with at most one chunk in memory beside the data
    that is written. The blob is complete after `finish`."""

    def __init__(self, target: BlobWriter, keys: Keyring, blob: str) -> None:
        data_key = AESGCM.generate_key(256)
        self._cipher = AESGCM(data_key)
        self._target = target
        self._buffer = bytearray()
        self._number = 0
        target.write(keys.wrap(data_key, blob).to_bytes())

    def write(self, data: bytes) -> None:
        """Append `data`, and write the chunks that are full and not the last one."""
        self._buffer += data
        while len(self._buffer) > CHUNK_BYTES:
            self._write_chunk(is_last=False)

    def finish(self) -> None:
        """Write the last chunk."""
        self._write_chunk(is_last=True)

    def _write_chunk(self, *, is_last: bool) -> None:
        nonce = nonce_of(self._number, is_last=is_last)
        content = bytes(self._buffer[:CHUNK_BYTES])
        self._target.write(self._cipher.encrypt(nonce, content, None))
        del self._buffer[:CHUNK_BYTES]
        self._number += 1


def encrypt(data: bytes, keys: Keyring, blob: str) -> bytes:
    """Return a whole blob, encrypted."""
    target = io.BytesIO()
    writer = EncryptingWriter(target, keys, blob)
    writer.write(data)
    writer.finish()
    return target.getvalue()
