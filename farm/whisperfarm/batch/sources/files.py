"""Recordings in files of this machine."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from whisperfarm.batch.recording import MISSING_BYTES, Recording
from whisperfarm.digest import sha256_of
from whisperfarm_contract.problems import MissingAudio


class Files:
    """How recordings in files are read."""

    def digest(self, recording: Recording) -> str:
        """Return the SHA-256 of the file, or of those of all legs. Raises `MissingAudio`."""
        if not recording.legs:
            return _digest(recording.location)
        digests = [_digest(str(leg.audio), f"{leg.audio} ") for leg in recording.legs]
        return sha256("".join(digests).encode()).hexdigest()

    @contextmanager
    def file(self, recording: Recording) -> Iterator[Path]:
        yield Path(recording.location)


def _digest(location: str, subject: str = "") -> str:
    try:
        with Path(location).open("rb") as file:
            return sha256_of(file)
    except OSError as error:
        raise MissingAudio(f"{subject}cannot be read: {error.strerror}") from error


def describe(path: str, location: str, options: Mapping[str, str]) -> Recording:
    """Return the recording in a file. One that is missing fails when it is sent."""
    try:
        status = os.stat(location)
    except OSError:
        size_bytes, modified_ns = MISSING_BYTES, 0
    else:
        size_bytes, modified_ns = status.st_size, status.st_mtime_ns
    return Recording(
        path=path,
        location=location,
        size_bytes=size_bytes,
        modified_ns=modified_ns,
        options=options,
    )
