"""Encrypts blobs that are stored already: plain ones, and those under an earlier key."""

from whisperfarm_store.blobs.encryption.blobs import EncryptedBlobs
from whisperfarm_store.blobs.encryption.header import read_header
from whisperfarm_store.blobs.port import BlobNotFound, Blobs, missing

_BLOCK_BYTES = 1 << 20


def key_id_of(stored: Blobs, key: str) -> str | None:
    """Return the id of the master key of a stored blob, or `None` for a plain one.

    Raises `BlobNotFound` and `BlobDamaged`.
    """
    with stored.open(key) as file:
        header = read_header(file, key)
    return None if header is None else header.key_id


def renew(blobs: EncryptedBlobs, key: str) -> bool:
    """Encrypt a blob with the first key, unless it is. Returns whether it was written.

    It is replaced in one step. A blob that is deleted meanwhile stays deleted. Raises
    `EncryptionKeyMissing` and `BlobDamaged`.
    """
    try:
        if key_id_of(blobs.stored, key) == blobs.keyring.first_id:
            return False
        with blobs.open(key) as content, blobs.writer(key) as writer:
            while block := content.read(_BLOCK_BYTES):
                writer.write(block)
            if blobs.stored.size(key) is None:
                raise missing(key)
    except BlobNotFound:
        return False
    return True
