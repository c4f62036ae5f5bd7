"""Reads WAV headers: RIFF, RIFX, RF64 and BW64, of recordings and of ffmpeg's output."""

import struct
from dataclasses import dataclass
from typing import Literal

from whisperfarm_contract.media import Seekable
from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader, known_size
from whisperfarm_worker.pipeline.audio.chunks import RIFF, RIFX, Chunk, chunks, length_of, read_at

ByteOrder = Literal["little", "big"]

_ORDERS: dict[bytes, ByteOrder] = {
    b"RIFF": "little",
    b"RIFX": "big",
    b"RF64": "little",
    b"BW64": "little",
}
LAYOUTS = {"little": RIFF, "big": RIFX}
_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_G711 = {_ALAW: "alaw", _MULAW: "mulaw"}
_FORMAT_BYTES, _EXTENSIBLE_BYTES = 16, 40
_GUID_END = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the code of the format in a GUID that stands for one."""

_SIZE_IN_DS64 = 0xFFFF_FFFF
_MAX_LONG_SIZE = 1 << 62
_FLOAT_BITS = (32, 64)
_MAX_PCM_BYTES = 4


@dataclass(frozen=True, slots=True)
class _Format:
    """The `fmt ` chunk. `code` is that of the GUID in an extensible one."""

    code: int
    channels: int
    sample_rate_hz: int
    frame_bytes: int
    bits: int


def read_header(file: Seekable, start: int = 0) -> AudioHeader | None:
    """Read the header of the WAV file at the offset `start`; `None` if it is not complete."""
    order = byte_order(file, start)
    if order is None:
        return None
    found: _Format | None = None
    long_size = 0
    for chunk in chunks(file, start + 12, LAYOUTS[order]):
        if chunk.name == b"fmt ":
            found = _format(read_at(file, chunk.offset, _EXTENSIBLE_BYTES), order, chunk) or found
        elif chunk.name == b"ds64":
            long_size = int.from_bytes(read_at(file, chunk.offset + 8, 8), "little")
        elif chunk.name == b"data" and found is not None:
            size_bytes = known_size(chunk.size_bytes, length_of(file) - chunk.offset)
            if chunk.size_bytes == _SIZE_IN_DS64 and 0 < long_size < _MAX_LONG_SIZE:
                size_bytes = long_size
            return _header(found, order, chunk.offset, size_bytes)
    return None


def byte_order(file: Seekable, start: int) -> ByteOrder | None:
    """Return the order of bytes in numbers; `None` if no WAV file is at the offset `start`."""
    head = read_at(file, start, 12)
    return _ORDERS.get(head[:4]) if head[8:12] == b"WAVE" else None


def _format(content: bytes, order: ByteOrder, chunk: Chunk) -> _Format | None:
    content = content[: chunk.size_bytes]
    if len(content) < _FORMAT_BYTES:
        return None
    mark = ">" if order == "big" else "<"
    code, channels, rate_hz, _, frame_bytes, bits = struct.unpack_from(f"{mark}HHIIHH", content)
    if code == _EXTENSIBLE and content[26:_EXTENSIBLE_BYTES] == _GUID_END:
        code = int.from_bytes(content[24:26], order)
    return _Format(code, channels, rate_hz, frame_bytes, bits)


def _header(
    found: _Format, order: ByteOrder, data_offset: int, data_bytes: int | None
) -> AudioHeader:
    encoding = _encoding(found, order)
    return AudioHeader(
        channels=found.channels,
        sample_rate_hz=found.sample_rate_hz,
        frame_bytes=found.frame_bytes if encoding is None else _width(found) * found.channels,
        data_offset=data_offset,
        data_bytes=data_bytes,
        encoding=encoding,
    )


def _width(found: _Format) -> int:
    """Return the number of bytes of a sample."""
    return 1 if found.code in _G711 else (found.bits + 7) // 8


def _encoding(found: _Format, order: ByteOrder) -> str | None:
    if found.code in _G711:
        return _G711[found.code]
    if _is_padded(found):
        return None
    end = "be" if order == "big" else "le"
    if found.code == _FLOAT and found.bits in _FLOAT_BITS:
        return f"f{found.bits}{end}"
    width = _width(found)
    if found.code != _PCM or not 0 < width <= _MAX_PCM_BYTES:
        return None
    return "u8" if width == 1 else f"s{8 * width}{end}"


def _is_padded(found: _Format) -> bool:
    """Whether each sample fills only a part of its bytes. Other wrong frame sizes are ignored."""
    width, rest = divmod(found.frame_bytes, max(found.channels, 1))
    return not rest and width > _width(found)
