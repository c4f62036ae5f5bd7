"""Frames of AAC: with an ADTS header, and in LATM (LOAS)."""

from whisperfarm_contract.media.frames.frame import Frame

_ADTS_RATES_HZ = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
)  # fmt: skip


def adts(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of AAC with an ADTS header."""
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate = (head[2] >> 2) & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= len(_ADTS_RATES_HZ) or size <= len(head):
        return None
    samples = 1024 * ((head[6] & 3) + 1)
    return Frame("aac", size, samples / _ADTS_RATES_HZ[rate], (head[1] & 8, head[2] >> 2))


_LOAS_MIN_BYTES = 3
"""Digital silence takes about six bytes; a frame that is left out would shift all times."""


def loas(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of AAC in LATM. Its length in time is not in its header."""
    head = data[at : at + 3]
    if len(head) < 3 or head[0] != 0x56 or head[1] & 0xE0 != 0xE0:
        return None
    size = (head[1] & 0x1F) << 8 | head[2]
    return Frame("loas", size + 3, 0.0) if size >= _LOAS_MIN_BYTES else None
