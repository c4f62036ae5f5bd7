"""The whole recording of a transfer, as the body of a submission."""

from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

from whisperfarm_contract.problems import TransferDamaged
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store.blobs import Blobs


async def read_recording(
    blobs: Blobs, keys: Sequence[str], *, expected_sha256: str
) -> AsyncIterator[bytes]:
    """Yield the chunks. Raises `TransferDamaged` at the end, so that no job is made of them."""
    digest = sha256()
    for key in keys:
        chunk = await run_in_thread(_read, blobs, key)
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != expected_sha256:
        raise TransferDamaged(
            "the recording that arrived does not have the hash of the request; delete the transfer"
            " and send the recording again"
        )


def _read(blobs: Blobs, key: str) -> bytes:
    with blobs.open(key) as file:
        return file.read()
