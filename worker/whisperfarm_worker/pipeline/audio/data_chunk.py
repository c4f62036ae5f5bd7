"""Reads how many bytes of audio a header states, and how many of them the file has.

This covers formats with one chunk of audio after a header: WAV with its 64-bit and big-endian
variants, W64, CAF, IFF (8SVX, AIFF), DSDIFF, AU, SoX, NIST SPHERE, RealMedia, and VOC with
one block.
"""

import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from whisperfarm_worker.pipeline.audio import aiff, wav
from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader
from whisperfarm_worker.pipeline.audio.chunks import IFF, Chunk, Layout, chunks

_MAX_BLOCKS = 1_000_000
_LEAST_UNKNOWN_32 = 0x7FFF_0000
_LEAST_UNKNOWN_64 = 0x7FFF_FFFF_FFFF_0000
"""Streaming writers use a size near the largest one while they do not know it."""

_W64 = Layout(header="<16sQ", size_has_header=True, align=8)
_CAF = Layout(header=">4sQ", align=1)
_DSDIFF = Layout(header=">4sQ")
_REALMEDIA = Layout(header=">4sI", size_has_header=True, align=1)

_W64_GUID_END = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_VOC_SOUND_BLOCKS = (1, 2, 9)
_SPHERE_FIELDS = 3
_SPHERE_FIELD = re.compile(rb"^(sample_count|sample_n_bytes|channel_count) -i (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DataChunk:
    """The audio of a file: its size according to the header, and the bytes that are there."""

    stated_bytes: int
    found_bytes: int

    def stated_s(self, found_s: float) -> float:
        """Return the length of the audio according to the header, if `found_s` seconds of it are
        there. Headers of a codec with a variable bit rate do not measure it exactly."""
        return found_s * self.stated_bytes / self.found_bytes


def find(path: Path, *, container: str, offset: int = 0) -> DataChunk | None:
    """Return the audio of the container at `offset`, or `None` if its size is unknown."""
    reader = _READERS.get(container)
    if reader is None:
        return None
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(offset)
        chunk = reader(file)
    if chunk is None or not 0 < chunk.size_bytes < _LEAST_UNKNOWN_64:
        return None
    found_bytes = min(chunk.size_bytes, end - chunk.offset)
    return DataChunk(chunk.size_bytes, found_bytes) if found_bytes > 0 else None


def _uncompressed(
    read_header: Callable[[BinaryIO, int], AudioHeader | None],
) -> Callable[[BinaryIO], Chunk | None]:
    def read(file: BinaryIO) -> Chunk | None:
        header = read_header(file, file.tell())
        if header is None or header.data_bytes is None:
            return None
        return Chunk(b"", header.data_offset, header.data_bytes)

    return read


def _w64(file: BinaryIO) -> Chunk | None:
    return _first(chunks(file, file.tell() + 40, _W64), b"data" + _W64_GUID_END)


def _caf(file: BinaryIO) -> Chunk | None:
    # The first four bytes of the chunk count edits.
    return _first(chunks(file, file.tell() + 8, _CAF), b"data", fields_bytes=4)


def _8svx(file: BinaryIO) -> Chunk | None:
    found = _first(chunks(file, file.tell() + 12, IFF), b"BODY")
    return found and _known_32(found)


def _dsdiff(file: BinaryIO) -> Chunk | None:
    return _first(chunks(file, file.tell() + 16, _DSDIFF), b"DSD ", b"DST ")


def _au(file: BinaryIO) -> Chunk | None:
    start = file.tell()
    header = file.read(12)
    if len(header) < 12:  # noqa: PLR2004 - the fixed fields
        return None
    data_at, size_bytes = struct.unpack_from(">II", header, 4)
    return _known_32(Chunk(b"", start + data_at, size_bytes))


def _sox(file: BinaryIO) -> Chunk | None:
    start = file.tell()
    header = file.read(16)
    if len(header) < 16:  # noqa: PLR2004 - the fixed fields
        return None
    header_bytes, samples = struct.unpack_from(">IQ" if header[:4] == b"XoS." else "<IQ", header, 4)
    return Chunk(b"", start + 4 + header_bytes, 4 * samples)


def _sphere(file: BinaryIO) -> Chunk | None:
    start = file.tell()
    header = file.read(1024)
    header_bytes = header[8:16].strip()
    fields = {name: int(number) for name, number in _SPHERE_FIELD.findall(header)}
    if b"shorten" in header or len(fields) != _SPHERE_FIELDS or not header_bytes.isdigit():
        return None
    return Chunk(b"", start + int(header_bytes), math.prod(fields.values()))


def _realmedia(file: BinaryIO) -> Chunk | None:
    found = _first(chunks(file, file.tell(), _REALMEDIA), b"DATA")
    return found and _known_32(found)


def voc_has_end(path: Path, offset: int) -> bool:
    """Whether the blocks of a VOC file end with the one that marks the end."""
    with path.open("rb") as file:
        file.seek(offset)
        end = max((to for _, _, to in _voc_blocks(file)), default=0)
        file.seek(end)
        return file.read(1) == b"\0"


def _voc(file: BinaryIO) -> Chunk | None:
    """Return the only block of sound. The header does not state how many there are."""
    sounds = [block for block in _voc_blocks(file) if block[0] in _VOC_SOUND_BLOCKS]
    if len(sounds) != 1:
        return None
    [(_, start, end)] = sounds
    return Chunk(b"", start, end - start)


def _voc_blocks(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield the kind, the start and the end of each block before the one that marks the end."""
    start = file.tell()
    file.seek(start + int.from_bytes(file.read(22)[20:], "little"))
    for _ in range(_MAX_BLOCKS):
        header = file.read(4)
        if len(header) < 4 or header[0] == 0:  # noqa: PLR2004 - the fixed fields
            return
        at = file.tell()
        end = at + int.from_bytes(header[1:], "little")
        yield header[0], at, end
        file.seek(end)


_READERS: Mapping[str, Callable[[BinaryIO], Chunk | None]] = MappingProxyType(
    {
        "wav": _uncompressed(wav.read_header),
        "w64": _w64,
        "caf": _caf,
        "aiff": _uncompressed(aiff.read_header),
        "8svx": _8svx,
        "dsdiff": _dsdiff,
        "au": _au,
        "sox": _sox,
        "sphere": _sphere,
        "realmedia": _realmedia,
        "voc": _voc,
    }
)


def _first(found: Iterator[Chunk], *names: bytes, fields_bytes: int = 0) -> Chunk | None:
    """Return the content of the first chunk with one of these names, without its fields."""
    for chunk in found:
        if chunk.name in names:
            size_bytes = chunk.size_bytes - fields_bytes
            return Chunk(chunk.name, chunk.offset + fields_bytes, size_bytes)
    return None


def _known_32(chunk: Chunk) -> Chunk | None:
    return chunk if chunk.size_bytes < _LEAST_UNKNOWN_32 else None
