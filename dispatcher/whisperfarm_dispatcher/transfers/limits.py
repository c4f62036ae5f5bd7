"""Limits what callers may store in transfers without a job."""

from itertools import islice

from whisperfarm_contract.identifiers import TRANSFERS_PREFIX
from whisperfarm_contract.problems import AudioTooLarge, ClientError, TenantBusy
from whisperfarm_dispatcher.transfers.chunks import Chunks

MAX_CHUNKS = 100_000
"""Most chunks that a tenant has stored at one time."""

RETRY_AFTER_S = 300


def check(chunks: Chunks, offset: int, data: bytes, *, max_bytes: int) -> None:
    """Raise `ClientError` for an empty chunk, `AudioTooLarge` for a recording that no job may
    have, and `TenantBusy` if the tenant has too many chunks to begin another recording."""
    if not data:
        raise ClientError("the chunk is empty; send the next bytes of the recording")
    if offset + len(data) > max_bytes:
        raise AudioTooLarge(f"the recording is larger than this farm's limit of {max_bytes} bytes")
    if offset == 0 and _count(chunks) >= MAX_CHUNKS:
        raise TenantBusy(
            f"{MAX_CHUNKS} chunks of other recordings have not become jobs; complete or delete"
            " these transfers first",
            retry_after_s=RETRY_AFTER_S,
        )


def _count(chunks: Chunks) -> int:
    keys = chunks.blobs.keys(f"{TRANSFERS_PREFIX}{chunks.tenant}/")
    return sum(1 for _ in islice(keys, MAX_CHUNKS))
