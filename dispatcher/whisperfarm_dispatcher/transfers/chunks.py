"""The chunks of one recording as blobs. What has arrived follows from their keys alone.

A chunk is stored before it is acknowledged, and never changes. No row of the ledger exists before
the job.
"""

from dataclasses import dataclass

from whisperfarm_contract.identifiers import transfer_prefix
from whisperfarm_contract.problems import TransferIncomplete
from whisperfarm_store.blobs import Blobs


@dataclass(frozen=True, slots=True, order=True)
class Chunk:
    """The bytes from `start` to before `end`."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of the transfer `transfer_id` of a tenant."""

    blobs: Blobs
    tenant: str
    transfer_id: str

    def offset(self) -> int:
        """Return how many bytes have arrived, from the first one on without a hole."""
        chunks = self.contiguous()
        return chunks[-1].end if chunks else 0

    def contiguous(self) -> list[Chunk]:
        """Return the chunks of these bytes, in order."""
        end, found = 0, []
        for chunk in sorted(map(_chunk_of, self.blobs.keys(self._prefix))):
            if chunk.start == end:
                end = chunk.end
                found.append(chunk)
        return found

    def append(self, offset: int, data: bytes) -> int:
        """Store a chunk, and return the offset behind it. Raises `TransferIncomplete`."""
        present = self.offset()
        if offset != present:
            raise incomplete(present)
        end = offset + len(data)
        self.blobs.put(f"{self._prefix}{offset:015d}-{end:015d}", data)
        return end

    def delete(self) -> None:
        """Delete all chunks."""
        for key in list(self.blobs.keys(self._prefix)):
            self.blobs.delete(key)

    @property
    def _prefix(self) -> str:
        return transfer_prefix(self.tenant, self.transfer_id)


def incomplete(offset: int) -> TransferIncomplete:
    """Return the problem which says at which byte the transfer goes on."""
    problem = TransferIncomplete(f"the farm has {offset} bytes of this recording; go on from there")
    problem.members = {"offset": offset}
    return problem


def _chunk_of(key: str) -> Chunk:
    start, _, end = key.rpartition("/")[2].partition("-")
    return Chunk(int(start), int(end), key)
