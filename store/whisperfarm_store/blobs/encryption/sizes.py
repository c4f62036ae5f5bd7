"""The sizes of encrypted blobs follow from those of their contents, and the reverse."""

import os
from typing import BinaryIO

from whisperfarm_store.blobs.encryption.chunks import STORED_CHUNK_BYTES, TAG_BYTES, count_of
from whisperfarm_store.blobs.encryption.header import HEADER_BYTES
from whisperfarm_store.blobs.encryption.problems import damaged


def encrypted_size(content_bytes: int) -> int:
    """Return the size of an encrypted blob with a content of this size."""
    return HEADER_BYTES + content_bytes + count_of(content_bytes) * TAG_BYTES


def content_size(file: BinaryIO, blob: str) -> int:
    """Return the size of the content of an encrypted blob. Leaves the file at its end.

    Raises `BlobDamaged` if no content has this size.
    """
    stored_bytes = file.seek(0, os.SEEK_END) - HEADER_BYTES
    chunks = -(-stored_bytes // STORED_CHUNK_BYTES)
    last_bytes = stored_bytes - (chunks - 1) * STORED_CHUNK_BYTES
    if stored_bytes < TAG_BYTES or last_bytes < TAG_BYTES:
        raise damaged(blob, "its end is cut off")
    return stored_bytes - chunks * TAG_BYTES
