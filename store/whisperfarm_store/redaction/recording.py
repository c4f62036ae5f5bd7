"""What is masked in the redacted recording of a job. The document lies beside the recording."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from whisperfarm_contract.identifiers import redacted_manifest_key
from whisperfarm_contract.transcript import Redaction
from whisperfarm_store.blobs import BlobNotFound, Blobs

Span = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedRecording:
    """The kinds of data that were searched for, the sound that replaces it, and all masked spans,
    in order and without overlaps. The recording ends after `duration_s` seconds."""

    kinds: tuple[str, ...]
    sound: str
    duration_s: float
    masked: tuple[Span, ...]

    @property
    def masked_s(self) -> float:
        """How many seconds are masked."""
        return sum(end - start for start, end in self.masked)

    def covers(self, redactions: Iterable[Redaction], kinds: Collection[str]) -> bool:
        """Whether all of these spans are masked, and all of these kinds were searched for."""
        return set(kinds) <= set(self.kinds) and all(map(self._masks, redactions))

    def _masks(self, redaction: Redaction) -> bool:
        start, end = redaction.start, min(redaction.end, self.duration_s)
        return start >= end or any(
            masked_start <= start and end <= masked_end for masked_start, masked_end in self.masked
        )

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` reads."""
        return json.dumps(asdict(self)).encode()


def read_redacted(blobs: Blobs, result_key: str) -> RedactedRecording | None:
    """Return what is masked in the recording beside a transcript; `None` if there is not any."""
    try:
        with blobs.open(redacted_manifest_key(result_key)) as file:
            return from_bytes(file.read())
    except BlobNotFound:
        return None


def from_bytes(data: bytes) -> RedactedRecording:
    """Return what `to_bytes` wrote. Raises `ValueError`, `KeyError` or `TypeError` if it is not."""
    found = json.loads(data)
    masked = tuple((start, end) for start, end in found.pop("masked"))
    return RedactedRecording(**{**found, "kinds": tuple(found["kinds"]), "masked": masked})
