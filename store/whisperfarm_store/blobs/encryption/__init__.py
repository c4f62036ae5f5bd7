"""Blobs that are encrypted before they are stored.

- `blobs`, `keyless`, `layer`: layers over any blob store, with keys and without
- `header`, `chunks`, `sizes`: the format of an encrypted blob
- `writer`, `plain_writer`: write it, and what must not look like it
- `stored_chunks`, `chunk_reader`, `reader`, `content`: read it, and what may be plain
- `renewal`: encrypts a stored blob with the newest key
- `keyring`, `key_lines`, `key_source`: the master keys, their form, and where they come from
- `problems`: a key that is missing, a blob that is damaged or not encrypted

See docs/decisions/0255-each-blob-has-a-key-of-its-own.md.
"""

from whisperfarm_store.blobs.encryption.blobs import EncryptedBlobs
from whisperfarm_store.blobs.encryption.content import read_content
from whisperfarm_store.blobs.encryption.key_lines import new_key
from whisperfarm_store.blobs.encryption.key_source import read_keyring
from whisperfarm_store.blobs.encryption.keyless import KeylessBlobs
from whisperfarm_store.blobs.encryption.keyring import Keyring, MasterKey
from whisperfarm_store.blobs.encryption.layer import BlobLayer
from whisperfarm_store.blobs.encryption.problems import (
    BlobDamaged,
    BlobNotEncrypted,
    EncryptionKeyMissing,
)
from whisperfarm_store.blobs.encryption.renewal import key_id_of, renew
from whisperfarm_store.blobs.encryption.sizes import encrypted_size

__all__ = [
    "BlobDamaged",
    "BlobLayer",
    "BlobNotEncrypted",
    "EncryptedBlobs",
    "EncryptionKeyMissing",
    "KeylessBlobs",
    "Keyring",
    "MasterKey",
    "encrypted_size",
    "key_id_of",
    "new_key",
    "read_content",
    "read_keyring",
    "renew",
]
