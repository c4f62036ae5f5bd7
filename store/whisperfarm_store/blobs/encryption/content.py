"""The content of a blob, which is encrypted or plain."""

import io
from typing import BinaryIO, cast

from whisperfarm_store.blobs.encryption.chunk_reader import ChunkReader
from whisperfarm_store.blobs.encryption.chunks import CHUNK_BYTES
from whisperfarm_store.blobs.encryption.header import read_header
from whisperfarm_store.blobs.encryption.keyring import Keyring
from whisperfarm_store.blobs.encryption.problems import key_missing, not_encrypted
from whisperfarm_store.blobs.encryption.reader import DecryptingReader
from whisperfarm_store.blobs.encryption.stored_chunks import StoredChunks


def read_content(
    file: BinaryIO, blob: str, keys: Keyring | None, *, accepts_plain: bool = True
) -> BinaryIO:
    """Return a file with the content of the blob that `file` is at the start of.

    A plain blob is returned as it is, or raises `BlobNotEncrypted`. Raises `EncryptionKeyMissing`
    and `BlobDamaged`; so does reading, at the latest at the end.
    """
    header = read_header(file, blob)
    if header is None:
        if not accepts_plain:
            raise not_encrypted(blob)
        return file
    if keys is None:
        raise key_missing(header.key_id, blob)
    chunks = ChunkReader(StoredChunks(file, blob), keys.unwrap(header, blob), blob)
    return cast("BinaryIO", io.BufferedReader(DecryptingReader(chunks), CHUNK_BYTES))
