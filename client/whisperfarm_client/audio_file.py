"""The file that is sent."""

import os
import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

from whisperfarm_contract.problems import AudioEmpty, AudioMissing

CHUNK_BYTES = 256 * 1024


class Recording(NamedTuple):
    """An audio file. `key` makes the farm know it again when it is sent a second time."""

    path: str
    size_bytes: int
    key: str

    @property
    def filename(self) -> str:
        """Its name without folders."""
        return os.path.basename(self.path)

    @property
    def stem(self) -> str:
        """Its name as `whisper` takes it for the output files."""
        return os.path.splitext(self.filename)[0]


def find(path: str) -> Recording:
    """The recording at that path: `AudioMissing` or `AudioEmpty` when it can not be sent."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise AudioMissing("is not a regular file")
        with open(path, "rb"):
            pass
    except OSError as error:
        raise AudioMissing(f"can not be read: {error.strerror}") from error
    if status.st_size == 0:
        raise AudioEmpty("the file has 0 bytes")
    return Recording(path, status.st_size, os.urandom(16).hex())


def chunks(recording: Recording, on_sent: Callable[[float], None]) -> Iterator[bytes]:
    """The bytes of the file, exactly as many as it had; `on_sent` hears the share sent, 0 to 1."""
    left_bytes = recording.size_bytes
    try:
        with open(recording.path, "rb") as file:
            while left_bytes:
                chunk = file.read(min(CHUNK_BYTES, left_bytes))
                if not chunk:
                    raise AudioMissing("became shorter while it was sent")
                yield chunk
                left_bytes -= len(chunk)
                on_sent(1 - left_bytes / recording.size_bytes)
    except OSError as error:
        raise AudioMissing(f"can not be read any more: {error.strerror}") from error
