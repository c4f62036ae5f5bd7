"""Frames of AC-3 and E-AC-3."""

from whisperfarm_contract.media.frames.frame import Frame

_AC3_RATES_HZ = (48_000, 44_100, 32_000)
_AC3_KBITS = (
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
)  # fmt: skip
_AC3_SAMPLES = 1536


def ac3(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of AC-3 or E-AC-3."""
    head = data[at : at + 6]
    if len(head) < 6 or head[:2] != b"\x0b\x77":
        return None
    version = head[5] >> 3
    if version <= 10:
        return _ac3(head, version)
    return _eac3(head) if version <= 16 else None


def _ac3(head: bytes, version: int) -> Frame | None:
    rate, code = head[4] >> 6, head[4] & 0x3F
    if rate == 3 or code >= 2 * len(_AC3_KBITS):
        return None
    rate_hz = _AC3_RATES_HZ[rate]
    words = _AC3_KBITS[code >> 1] * 1000 * _AC3_SAMPLES // (16 * rate_hz)
    words += code & 1 if rate_hz == 44_100 else 0
    seconds = _AC3_SAMPLES / (rate_hz >> max(0, version - 8))
    return Frame("ac3", 2 * words, seconds, (rate, version))


def _eac3(head: bytes) -> Frame | None:
    size = 2 * (((head[2] & 7) << 8 | head[3]) + 1)
    rate, low = head[4] >> 6, (head[4] >> 4) & 3
    is_reduced = rate == 3
    if (is_reduced and low == 3) or head[2] >> 6 == 3:
        return None
    blocks = 6 if is_reduced else (1, 2, 3, 6)[low]
    rate_hz = _AC3_RATES_HZ[low] // 2 if is_reduced else _AC3_RATES_HZ[rate]
    is_dependent = head[2] >> 6 == 1  # further channels of the frame before it
    return Frame("eac3", size, 0.0 if is_dependent else 256 * blocks / rate_hz)
