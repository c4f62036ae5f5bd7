"""Finds out whether the sound of an MP4 file needs a key."""

import struct
from collections.abc import Iterator

from whisperfarm_contract.media.seekable import Seekable

_ENCRYPTED = {b"enca": "", b"drms": "FairPlay", b"aavd": "Audible"}
"""Sample entries with encryption, and its name if the entry implies it."""

_SCHEMES = {
    b"cenc": "Common Encryption, cenc",
    b"cens": "Common Encryption, cens",
    b"cbc1": "Common Encryption, cbc1",
    b"cbcs": "Common Encryption, cbcs",
    b"piff": "PlayReady",
    b"itun": "FairPlay",
    b"odkm": "OMA DRM",
    b"adkm": "Adobe Access",
}
"""Names of protection schemes, which a sample entry has in its box `schm`."""

_PLAIN = frozenset(
    {b"mp4a", b"alac", b"Opus", b"fLaC", b"ac-3", b"ec-3", b"sowt", b"twos", b"lpcm", b"samr"}
)
"""Common sample entries without encryption."""

_SOUND_PATH = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_STSD_FIELDS_BYTES = 8
_HEADER_BYTES, _LONG_HEADER_BYTES = 8, 16
_MAX_BOXES = 10_000
_MAX_ENTRY_BYTES = 1 << 16


def find(file: Seekable, start: int, size_bytes: int) -> str | None:
    """Return the name of the encryption if the MP4 file at `start` has an encrypted audio track and
    none that is not."""
    entries = list(_sample_entries(file, start, size_bytes))
    kinds = {kind for kind, _, _ in entries}
    if kinds & _PLAIN:
        return None
    return next(
        (
            _ENCRYPTED[kind] or _scheme(file, at, to)
            for kind, at, to in entries
            if kind in _ENCRYPTED
        ),
        None,
    )


def _scheme(file: Seekable, start: int, end: int) -> str:
    """Return the name of the scheme of an encrypted sample entry."""
    file.seek(start)
    entry = file.read(min(end - start, _MAX_ENTRY_BYTES))
    at = entry.find(b"schm") + 8
    return _SCHEMES.get(entry[at : at + 4], "an unknown scheme")


def _sample_entries(file: Seekable, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, the start and the end of the sample entries of all tracks."""
    level = [(start, end)]
    budget = _Budget()
    for name in _SOUND_PATH:
        level = [
            (at, to)
            for low, high in level
            for kind, at, to in _boxes(file, low, high, budget)
            if kind == name
        ]
    for low, high in level:
        yield from _boxes(file, low + _STSD_FIELDS_BYTES, high, budget)


class _Budget:
    """Number of boxes that may still be read; a malicious file has millions."""

    boxes = _MAX_BOXES


def _boxes(
    file: Seekable, start: int, end: int, budget: _Budget
) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, the start and the end of the content of each box."""
    at = start
    while at + _HEADER_BYTES <= end and budget.boxes > 0:
        budget.boxes -= 1
        file.seek(at)
        header = file.read(_LONG_HEADER_BYTES)
        if len(header) < _HEADER_BYTES:
            return
        size, kind = struct.unpack_from(">I4s", header)
        content = at + _HEADER_BYTES
        if size == 1 and len(header) == _LONG_HEADER_BYTES:
            content, size = at + _LONG_HEADER_BYTES, int.from_bytes(header[8:], "big")
        to = end if size == 0 else at + size
        if to < content:
            return
        yield kind, content, min(to, end)
        at = to
