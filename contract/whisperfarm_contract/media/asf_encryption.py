"""Finds the encryption of ASF files, such as WMA and WMV, in their header."""

from uuid import UUID

from whisperfarm_contract.media.seekable import Seekable

_MAX_HEADER_BYTES = 1 << 20
_SIZE_FIELD = slice(16, 24)

_OBJECTS = {
    UUID("2211b3fb-bd23-11d2-b4b7-00a0c955fc6e").bytes_le: "Windows Media DRM",
    UUID("298ae614-2622-4c17-b935-dae07ee9289c").bytes_le: "Windows Media DRM",
    UUID("43058533-6981-49e6-9b74-ad12cb86d58c").bytes_le: "an advanced encryption of ASF",
}
"""The objects for content encryption, extended and advanced content encryption."""


def find(file: Seekable, start: int, _: int) -> str | None:
    """Return the name of the encryption if the header of the ASF file at `start` states one."""
    file.seek(start)
    size_bytes = int.from_bytes(file.read(_SIZE_FIELD.stop)[_SIZE_FIELD], "little")
    header = file.read(min(size_bytes, _MAX_HEADER_BYTES))
    return next((name for guid, name in _OBJECTS.items() if guid in header), None)
