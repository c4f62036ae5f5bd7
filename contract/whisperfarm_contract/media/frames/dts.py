"""Frames of DTS, and extensions of DTS-HD."""

from types import MappingProxyType

from whisperfarm_contract.media.frames.frame import Frame

_DTS_RATES_HZ = MappingProxyType(
    {1: 8_000, 2: 16_000, 3: 32_000, 6: 11_025, 7: 22_050, 8: 44_100, 11: 12_000, 12: 24_000,
     13: 48_000}
)  # fmt: skip
_DTS_HD = b"\x64\x58\x20\x25"


def dts(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of DTS in 16-bit words of either byte order, or an extension of DTS-HD."""
    sync = data[at : at + 4]
    if sync == b"\x7f\xfe\x80\x01":
        return _dts(data[at + 4 : at + 12])
    if sync == b"\xfe\x7f\x01\x80":
        swapped = bytearray(data[at + 4 : at + 12])
        swapped[::2], swapped[1::2] = swapped[1::2], swapped[::2]
        return _dts(bytes(swapped))
    if sync == _DTS_HD:
        return _dts_extension(data[at + 4 : at + 12])
    return None


def _dts(fields: bytes) -> Frame | None:
    bits = int.from_bytes(fields.ljust(8, b"\0"), "big")
    blocks = ((bits >> 50) & 0x7F) + 1
    size = ((bits >> 36) & 0x3FFF) + 1
    rate_hz = _DTS_RATES_HZ.get((bits >> 26) & 15)
    if blocks < 6 or size < 96 or rate_hz is None:
        return None
    return Frame("dts", size, 32 * blocks / rate_hz)


def _dts_extension(fields: bytes) -> Frame | None:
    bits = int.from_bytes(fields.ljust(8, b"\0"), "big")
    is_long = (bits >> 53) & 1
    size = (bits >> 21) & 0xFFFFF if is_long else (bits >> 29) & 0xFFFF
    return Frame("dts", size + 1, 0.0) if size else None
