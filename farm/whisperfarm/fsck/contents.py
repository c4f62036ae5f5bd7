"""What the blobs of jobs are, and whether their content is damaged."""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from whisperfarm.digest import sha256_of
from whisperfarm_contract import peaks, transcript
from whisperfarm_store.ledger import BlobReference
from whisperfarm_store.redaction import recording

_WAV_NAMES = (b"RIFF", b"RF64")


def wrong_content(reference: BlobReference, file: BinaryIO) -> str | None:
    """Return what is wrong with the content of a blob, or `None`."""
    if reference.sha256 is not None:
        digest = sha256_of(file)
        return None if digest == reference.sha256 else f"its SHA-256 is {digest}"
    _, read = _kind(reference)
    try:
        read(file)
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"it is not a {noun(reference)}"
    return None


def noun(reference: BlobReference) -> str:
    """Return what the blob is."""
    if reference.artifact == "audio":
        return "recording"
    name, _ = _kind(reference)
    return name


def _read_transcript(file: BinaryIO) -> None:
    transcript.from_wire(json.loads(file.read()))


def _read_peaks(file: BinaryIO) -> None:
    peaks.from_bytes(file.read(peaks.MAX_BYTES + 1))


def _read_manifest(file: BinaryIO) -> None:
    recording.from_bytes(file.read())


def _read_wav(file: BinaryIO) -> None:
    if file.read(4) not in _WAV_NAMES:
        raise ValueError("it has no header")


_Kind = tuple[str, Callable[[BinaryIO], None]]

_TRANSCRIPT: _Kind = ("transcript", _read_transcript)
_BESIDE_TRANSCRIPTS: Mapping[str, _Kind] = MappingProxyType(
    {
        "peaks.bin": ("waveform", _read_peaks),
        "redacted.json": ("list of masked spans", _read_manifest),
        "redacted.wav": ("redacted recording", _read_wav),
    }
)
"""What other blobs among the results of a job are, by their names, and how they are read."""


def _kind(reference: BlobReference) -> _Kind:
    return _BESIDE_TRANSCRIPTS.get(PurePosixPath(reference.key).name, _TRANSCRIPT)
