"""The audio file that is sent."""

import os
import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

from whisperfarm_contract.problems import AudioEmpty, MissingAudio

CHUNK_BYTES = 256 * 1024


class AudioFile(NamedTuple):
    """An audio file. `key` is the idempotency key of its submission."""

    path: str
    size_bytes: int
    key: str

    @property
    def filename(self) -> str:
        """The name of the file without its folder."""
        return os.path.basename(self.path)


Audio = str | os.PathLike[str] | AudioFile
"""A recording, or its path."""


def open_audio(audio: Audio) -> AudioFile:
    """Return the recording, that at a path if `audio` is one. Raises `MissingAudio` or
    `AudioEmpty`."""
    if isinstance(audio, AudioFile):
        return audio
    path = os.fspath(audio)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise MissingAudio("is not a regular file")
        with open(path, "rb"):
            pass
    except OSError as error:
        raise MissingAudio(f"cannot be read: {error.strerror}") from error
    if status.st_size == 0:
        raise AudioEmpty("the file is empty")
    return AudioFile(path, status.st_size, new_key())


def new_key() -> str:
    """Return a new idempotency key."""
    return os.urandom(16).hex()


def chunks(audio_file: AudioFile, on_sent: Callable[[float], None]) -> Iterator[bytes]:
    """Yield exactly `audio_file.size_bytes` bytes of the file.

    Calls `on_sent` with the fraction sent so far, 0 to 1. Raises `MissingAudio` if the file has
    become shorter or cannot be read.
    """
    remaining_bytes = audio_file.size_bytes
    try:
        with open(audio_file.path, "rb") as file:
            while remaining_bytes:
                chunk = file.read(min(CHUNK_BYTES, remaining_bytes))
                if not chunk:
                    raise MissingAudio("became shorter while it was sent")
                yield chunk
                remaining_bytes -= len(chunk)
                on_sent(1 - remaining_bytes / audio_file.size_bytes)
    except OSError as error:
        raise MissingAudio(f"cannot be read any longer: {error.strerror}") from error
