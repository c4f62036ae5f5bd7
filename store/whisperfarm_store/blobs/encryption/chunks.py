"""The chunks after the header of an encrypted blob.

They follow STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015), as in age and Tink: each
chunk is encrypted with AES-256-GCM under the data key of its blob. The nonce is its number and
whether it is the last one, so that chunks that were moved, left out or cut off are noticed. All
have `CHUNK_BYTES` but the last. An empty blob has one chunk without content.
"""

CHUNK_BYTES = 64 << 10
TAG_BYTES = 16
STORED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES


def nonce_of(number: int, *, is_last: bool) -> bytes:
    """Return the nonce of a chunk, counted from 0."""
    return number.to_bytes(11, "big") + bytes([is_last])


def count_of(content_bytes: int) -> int:
    """Return the number of chunks of a content."""
    return max(1, -(-content_bytes // CHUNK_BYTES))
