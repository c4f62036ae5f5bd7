"""Whether the store has a blob, be it readable or not."""

from whisperfarm_store.blobs import BlobDamaged, Blobs


def is_present(blobs: Blobs, key: str) -> bool:
    """Return whether the blob is there, also if it is damaged or must not be plain."""
    try:
        return blobs.size(key) is not None
    except BlobDamaged:
        return True
