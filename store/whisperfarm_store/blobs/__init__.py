"""The blob store: bytes under a key, written once.

- `port`, `keys`: the interface, and which keys are valid
- `folder`: blobs in a directory
- `s3`, with `s3_client`, `s3_upload`, `s3_reader`, `s3_cleanup`, `s3_errors`: blobs in a bucket
- `encryption`: encrypts blobs before they are stored
- `factory`: opens the store that the settings name, or another bucket
"""

from whisperfarm_store.blobs.encryption import BlobDamaged, BlobNotEncrypted, EncryptionKeyMissing
from whisperfarm_store.blobs.factory import open_blobs, open_bucket
from whisperfarm_store.blobs.folder import FolderBlobs
from whisperfarm_store.blobs.port import BlobNotFound, Blobs, BlobWriter

__all__ = [
    "BlobDamaged",
    "BlobNotEncrypted",
    "BlobNotFound",
    "BlobWriter",
    "Blobs",
    "EncryptionKeyMissing",
    "FolderBlobs",
    "open_blobs",
    "open_bucket",
]
