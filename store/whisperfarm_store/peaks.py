"""The peaks of a recording in the blob store, beside the transcript of the same attempt."""

from whisperfarm_contract import peaks
from whisperfarm_contract.identifiers import peaks_key
from whisperfarm_contract.peaks import Peaks
from whisperfarm_store.blobs import BlobNotFound, Blobs


def read_peaks(blobs: Blobs, result_key: str) -> Peaks | None:
    """Return the peaks beside a transcript, or `None` if there are none that can be read."""
    try:
        with blobs.open(peaks_key(result_key)) as file:
            return peaks.from_bytes(file.read(peaks.MAX_BYTES + 1))
    except (BlobNotFound, ValueError):
        return None
