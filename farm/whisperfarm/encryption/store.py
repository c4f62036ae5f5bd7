"""Opens the blob store of a farm that encrypts."""

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.blobs.encryption import EncryptedBlobs
from whisperfarm_store.settings import StoreSettings


def open_encrypted(settings: StoreSettings) -> EncryptedBlobs:
    """Open the blob store. Raises `InvalidSettings`, also if the settings name no keys."""
    blobs = open_blobs(settings)
    if not isinstance(blobs, EncryptedBlobs):
        raise InvalidSettings("WHISPERFARM_BLOB_KEYS_FILE: set it to a file with keys")
    return blobs
