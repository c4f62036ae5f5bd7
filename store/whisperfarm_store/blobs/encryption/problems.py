"""Problems of encrypted blobs."""

from whisperfarm_contract.problems import FarmUnavailable, ServerError
from whisperfarm_store import events


class EncryptionKeyMissing(FarmUnavailable):
    """The key that a recording or transcript is encrypted with is missing."""

    name = "encryption-key-missing"


class BlobDamaged(ServerError):
    """A recording or transcript in the blob store was damaged or changed."""

    name = "blob-damaged"


class BlobNotEncrypted(BlobDamaged):
    """A recording or transcript in the blob store is not encrypted, and the farm requires it."""

    name = "blob-not-encrypted"


def key_missing(key_id: str, blob: str) -> EncryptionKeyMissing:
    """Return the problem for a blob whose master key this process does not have."""
    events.blobs.encryption_key_missing.log(key=blob, key_id=key_id)
    return EncryptionKeyMissing(
        f"the blob {blob} is encrypted with the key {key_id!r}, which this process does not have;"
        " add it to WHISPERFARM_BLOB_KEYS_FILE or WHISPERFARM_BLOB_KEYS_COMMAND"
    )


def not_encrypted(blob: str) -> BlobNotEncrypted:
    """Return the problem for a plain blob."""
    events.blobs.damaged.log(key=blob, reason="it is not encrypted")
    return BlobNotEncrypted(
        f"the blob {blob} is not encrypted, as WHISPERFARM_BLOB_ENCRYPTION_REQUIRED demands;"
        " restore it, or if you know where it comes from, run `whisperfarm encryption renew` with"
        " that setting off"
    )


def damaged(blob: str, reason: str) -> BlobDamaged:
    """Return the problem for a blob that is not what was written; `reason` says what is wrong."""
    events.blobs.damaged.log(key=blob, reason=reason)
    return BlobDamaged(f"the blob {blob} was damaged or changed in the store: {reason}")
