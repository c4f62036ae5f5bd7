"""Keeps plain blobs from looking like encrypted ones.

Headerless audio may begin with any bytes. Without this, a caller could store a recording that every
worker takes for one whose key is missing.
"""

from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_store.blobs.encryption.header import MAGIC
from whisperfarm_store.blobs.port import BlobWriter


class PlainWriter:
    """Writer of a blob that must not begin like an encrypted one."""

    def __init__(self, target: BlobWriter) -> None:
        self._target = target
        self._start = b""

    def write(self, data: bytes) -> None:
        """Append `data`. Raises `AudioUnreadable`."""
        if len(self._start) < len(MAGIC):
            self._start += data[: len(MAGIC) - len(self._start)]
            check_start(self._start)
        self._target.write(data)


def check_start(data: bytes) -> None:
    """Raise `AudioUnreadable` if a blob begins like an encrypted one."""
    if data.startswith(MAGIC):
        raise AudioUnreadable("the audio begins like an encrypted blob of a farm; send a recording")
