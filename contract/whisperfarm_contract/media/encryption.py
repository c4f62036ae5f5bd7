"""Finds out whether the sound of a file needs a key, and names the encryption."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from whisperfarm_contract.media import (
    asf_encryption,
    matroska_encryption,
    mp4_encryption,
    ts_encryption,
)
from whisperfarm_contract.media.recognition import Recognized
from whisperfarm_contract.media.seekable import Seekable

_AUDIBLE_MAGIC = b"\x57\x90\x75\x36"

Find = Callable[[Seekable, int, int], str | None]
"""Takes a file, the start of the container and the size of the file."""

_FINDERS: Mapping[str, Find] = MappingProxyType(
    {
        "mp4": mp4_encryption.find,
        "asf": asf_encryption.find,
        "matroska": matroska_encryption.find,
        "mpeg-ts": ts_encryption.find,
    }
)


def find(file: Seekable, container: Recognized | None, *, size_bytes: int) -> str | None:
    """Return the name of the encryption if no audio track can be decoded without a key.

    `container` is that of the file, or `None` if it is not supported.
    """
    if container is None:
        return _audible(file)
    finder = _FINDERS.get(container.container.name)
    return finder(file, container.offset, size_bytes) if finder else None


def _audible(file: Seekable) -> str | None:
    """Recognise the older format of Audible, which is not MP4."""
    file.seek(4)
    return "Audible" if file.read(4) == _AUDIBLE_MAGIC else None
